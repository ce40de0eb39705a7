"""The clerk's own file given back with its faults marked; the file that was read is never written to.

The door is ``return_copy``. Imports ``intake.workbook`` and ``intake.reading``.
"""
