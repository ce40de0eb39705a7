"""Compiles the parts of a template to Jinja: ``reading`` reads them, ``prepare`` works on the tree, ``tags`` on text.

Imports all rooms but ``merging``.
"""
