"""From a file to a record: cells → rows → raw data with places, of our workbook or of somebody else's table.

The door is ``source``. Imports ``intake.workbook``.
"""
