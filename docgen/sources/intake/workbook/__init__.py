"""The form of the intake workbook: its sheets, columns, styles, how they are drawn and found again.

The door is ``sheets`` (a profile → the layout). Imports nothing of ``reading`` and ``returning``.
"""
