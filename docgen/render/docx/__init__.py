"""The Word engine: compiles a docx template once and renders many documents from it.

Start reading at ``template``; ``merging`` joins finished documents into one file. Imports ``render.values``,
``render.context`` and ``ooxml``. The rooms, each importing only those above it:

- ``wordml``: the package, its part names, styles, measures, encoded text.
- ``tree``: tags in the XML tree: joined, trimmed, described.
- ``elements``: lists, notes, controls, drawings, columns, merged cells, repeated ids.
- ``output``: printing values.
- ``compile``: from a part to its Jinja template.
- ``merging``: finished documents in one file.
"""
