"""Where documentation comes from: a folder, an archive, a git repository, a website."""
