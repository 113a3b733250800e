"""`python -m app.cli` is the command `epochplan`."""

from app.cli.loading import load


def main() -> None:
    """Run the command that the arguments name; see `app.cli.command`."""
    load("app.cli.command").main()


if __name__ == "__main__":
    main()
