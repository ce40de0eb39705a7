"""The context of templates: the record, its facts and the document's own lines, columns and sections as views.

The door is ``build`` (a document job → its context); ``vocabulary`` tells the same names and types before there is a
record. Imports ``render.values`` only.
"""
