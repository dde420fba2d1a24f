"""The terminal as a surface: what the ``docent`` commands show."""
