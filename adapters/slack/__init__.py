"""Docent in Slack."""
