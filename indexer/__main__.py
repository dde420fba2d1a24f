"""Runs the indexer by itself (``python -m indexer``): the same as ``docent index``."""

import sys


def main() -> None:
    """Run ``docent index`` with the arguments given."""
    from bot.cli import run

    sys.exit(run(["index", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
