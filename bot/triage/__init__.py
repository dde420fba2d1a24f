"""Sorts messages for a support team."""
