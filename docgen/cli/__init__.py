"""The command line: the only place that prints or exits.

The door is ``run``. A module per command in ``commands``, longer output in ``views``; the modules here are the frame
that every command stands in. May import everything.
"""


def main() -> None:
    """Run the command that the process was called with and exit with its code."""
    import gc
    import os
    import sys

    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")  # else it looks for some in all that is installed
    from docgen.cli.run import run_process

    code = run_process()
    gc.freeze()  # all of it goes with the process: nothing is to be looked through once more
    sys.exit(code)
