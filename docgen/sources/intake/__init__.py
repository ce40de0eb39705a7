"""The intake workbook: what a clerk fills in instead of a record file.

``workbook`` says what it looks like, ``reading`` reads it (or somebody else's table) back into the raw data of a record
with the cell of every value, so that validation reports faults by sheet and cell, ``returning`` gives the clerk's file
back with every fault marked. The doors: ``workbook.sheets``, ``reading.source``, ``returning.return_copy``. Nothing
here writes to the file that was read.
"""
