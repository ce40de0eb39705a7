"""The command line: the only place that prints or exits.

The door is ``run``. A module per command in ``commands``, longer output in ``views``; the modules here are the frame
that every command stands in. May import everything.
"""


def main() -> None:
    """Run the command that the process was called with and exit with its code."""
    import sys

    from docgen.cli.run import run_process

    sys.exit(run_process())
