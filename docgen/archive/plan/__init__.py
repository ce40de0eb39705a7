"""The plan of a package: filing items, file numbers and names, and which hand-written file is which document.

The doors are ``filing`` (a record's filing list) and ``plan`` (a package to write); ``model`` is what the rest of
``archive`` speaks of. Imports ``archive.zip``.
"""
