"""`python -m app.cli` is the command `epochplan`."""

from app.cli.command import main

main()
