"""Follows conversations in channels, the same on every platform."""
