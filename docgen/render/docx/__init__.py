"""The Word engine: a template is prepared and compiled once, then printed, with its columns, pictures and prose.

The door is ``template``; ``merge`` puts finished documents into one file. Imports ``render.values``, ``render.context``
and ``ooxml``.

- The file: ``package``, ``naming``, ``strict``; its parts with text: ``reading``, ``hidden``; its styles: ``styles``.
- Compiling, on the tree: ``prepare``, and for it ``joining``, ``trimming``, ``levels``, ``walk`` with ``pairs``,
  ``lists``, ``notes`` and ``merges``, ``controls``, ``drawings``, ``sites`` with ``measure``; then on text: ``tags``.
- Printing: ``environment``, ``printing``, ``text``, ``runs``, ``narrative``, ``images``, ``sections``; what is mended
  in a rendered part: ``columns``, ``merges``, ``copies``, ``notes``, ``lists``.
"""
