"""Hands questions over to people, and follows what becomes of them."""
