"""Answers with the documentation's own sentences, without a model."""
