"""Reads an intake workbook, or a table of another layout, into raw data with the cell of every value.

``source`` is the entry point. Imports ``intake.workbook``.
"""
