"""Answers with a chat model, and keeps what it writes true to the passages."""
