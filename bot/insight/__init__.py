"""Looks back at questions and answers: figures, gaps, the digest."""
