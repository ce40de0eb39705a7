"""``python -m docgen``: the same as ``docgen``."""

from docgen.cli import main

if __name__ == "__main__":
    main()
