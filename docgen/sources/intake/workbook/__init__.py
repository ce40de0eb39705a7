"""Lays out the intake workbook, draws it, and finds the layout again in a returned one.

``sheets`` is the entry point (builds the layout of a profile). Imports nothing of ``reading`` and ``returning``.
"""
