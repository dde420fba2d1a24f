"""Settings, logging and the one composition root."""
