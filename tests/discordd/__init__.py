"""The parts of the Discord double."""
