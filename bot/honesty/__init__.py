"""Tells what the documentation does not cover, and what nobody should answer."""
