"""The Word engine: compiles a docx template once and renders many documents from it.

Start reading at ``template``; ``merge`` joins finished documents into one file. Imports ``render.values``,
``render.context`` and ``ooxml``.

- Reading the file: ``package``, ``naming``, ``strict``; its parts with text: ``reading``, ``hidden``; its styles:
  ``styles``.
- Compiling, on the XML tree: ``prepare``, which uses ``joining``, ``trimming``, ``levels``, ``walk``, ``pairs``,
  ``lists``, ``notes``, ``merges``, ``controls``, ``drawings``, ``sites`` and ``measure``; then on text: ``tags``.
- Printing values: ``environment``, ``printing``, ``text``, ``runs``, ``narrative``.
- Correcting a rendered part: ``columns``, ``merges``, ``copies``, ``notes``, ``lists``, ``controls``.
- Joining documents: ``merge``, ``sections``.
"""
