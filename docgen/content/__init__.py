"""A neutral view of a document: headings, prose, tables, pictures, from a record or from a file that a person wrote.

No door: ``model`` is what the rest speaks of, ``read`` reads a person's file into it. Imports ``ooxml`` and ``trees``.
"""
