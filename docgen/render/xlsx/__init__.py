"""The Excel engine: a template's sheets are compiled into row bands once, then written with every reference shifted.

The door is ``template``. Imports ``render.values``, ``render.context`` and ``ooxml``.
"""
