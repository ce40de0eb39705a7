"""A Word file that a person wrote, read into the content model: body, styles, headings.

The door is ``read``. Imports the rest of ``content`` and ``ooxml``.
"""
