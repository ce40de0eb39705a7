"""Whether a template is sound before there is a record: its tags, names, types, fonts and layout, told at their place.

The door is ``template``. Imports the engines, ``context`` and ``values``; nothing in ``render`` imports it.
"""
