"""The command line: the only place that prints or exits.

``run`` is the entry point. ``commands`` has a module per command, ``views`` their longer output; the modules here are
shared by all commands. May import everything.
"""


def main() -> None:
    """Run the command of the process's arguments and exit with its code."""
    import gc
    import os
    import sys

    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")  # else it searches every installed package for plugins
    from docgen.cli.run import run_process

    code = run_process()
    gc.freeze()  # saves the collection at exit: the process gives all memory back
    sys.exit(code)
