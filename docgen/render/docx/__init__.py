"""The Word engine: a template is prepared and compiled once, then printed, with its columns, pictures and prose.

The door is ``template``; ``merge`` puts finished documents into one file. Imports ``render.values``, ``render.context``
and ``ooxml``.
"""
