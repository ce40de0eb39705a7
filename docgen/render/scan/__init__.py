"""Checks templates without a record: their tags, names, types, fonts and layout, each fault with its location.

Start reading at ``template``. Imports the engines, ``context`` and ``values``; nothing in ``render`` imports it.
"""
