"""Formats the output of longer commands: each module makes lines of text and data for JSON of an outcome.

A command imports the views that it needs. Imports the shared modules of ``cli``, never ``cli.commands``.
"""
