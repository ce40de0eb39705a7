"""Reads a docx and knows WordprocessingML: the package, its part names, styles, measures, encoded text.

Start reading at ``package``. Imports nothing of the other rooms.
"""
