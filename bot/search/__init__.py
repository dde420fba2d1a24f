"""Finds passages for a question, with further tries where the first is weak."""
