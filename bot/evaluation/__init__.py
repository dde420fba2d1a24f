"""Scores the bot on files of questions."""
