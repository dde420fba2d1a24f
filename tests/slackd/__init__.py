"""The parts of the Slack double; tests import `slack_double`."""
