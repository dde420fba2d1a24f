"""Understands what was asked: its secrets, its language, what it goes on from."""
