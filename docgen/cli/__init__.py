"""The command line: one thin module per command; the only place that prints or exits."""


def main() -> None:
    """Run the command that the process was called with and exit with its code."""
    import sys

    from docgen.cli.run import run_process

    sys.exit(run_process())
