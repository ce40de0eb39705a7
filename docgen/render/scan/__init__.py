"""Whether a template is sound before there is a record: its tags, names, types, fonts and layout, told at their place.

The door is ``template``. Imports all other rooms of ``render``; none of them imports it.
"""
