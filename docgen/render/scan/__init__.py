"""Checks templates before there is a record: tags, names, types, fonts and layout, each told at its place.

The door is ``template``. Imports the engines, ``context`` and ``values``; nothing in ``render`` imports it.
"""
