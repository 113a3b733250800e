"""`python -m app.cli` is the command `epochplan`."""

import sys

from app.cli.exit_code import INTERRUPTED
from app.cli.loading import load


def main() -> None:
    """Run the command that the arguments name; see `app.cli.command`."""
    try:
        load("app.cli.command").main()
    except KeyboardInterrupt:  # before there is a command that could tell
        sys.stderr.write("interrupted\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
