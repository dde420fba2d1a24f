"""Docent in Discord."""
