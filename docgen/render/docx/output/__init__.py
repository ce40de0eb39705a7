"""Prints values into a docx: the Jinja environment, the state of a rendering, runs, narratives.

Start reading at ``printing``. Imports ``wordml``, ``tree`` and ``elements``.
"""
