"""Searches a redacted zip for confidential values: its texts, PDF files and pictures.

The door is ``search``. Imports ``archive.bag`` and what stands before it.
"""
