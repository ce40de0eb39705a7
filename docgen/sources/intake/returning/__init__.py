"""Returns a copy of the clerk's file with its faults marked; the original file isn't changed.

``return_copy`` is the entry point. Imports ``intake.workbook`` and ``intake.reading``.
"""
