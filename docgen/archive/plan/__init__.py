"""What goes where: filing items, file numbers and names, which file that a person wrote is which document.

The doors are ``filing`` (a record's filing list) and ``plan`` (a package to write); ``model`` is what the rest of
``archive`` speaks of. Imports ``archive.zip``.
"""
