"""The intake workbook: what a clerk fills in instead of a record file.

``sheets.build_layout(loaded)`` says which sheets and columns a profile's workbook has; ``write`` draws it,
``source.read_intake`` reads it back into the raw data of a record with the cell of every value, so that
``profile.validate.validate_record`` reports faults by sheet and cell. ``split`` parts sound enterprises from faulty
ones, ``return_copy`` gives the clerk's file back with every fault marked. ``mapping`` reads a table that somebody else
made. Nothing here writes to the file that was read.
"""
