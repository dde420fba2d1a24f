"""What somebody writes to search these pages with each peer; their lines are counted."""
