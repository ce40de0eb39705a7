"""Compiles Word and Excel templates once and renders documents from them.

The entry is ``store``: a template's name → a compiled template → bytes. A folder imports only those before it in the
order ``values``, ``context``, ``docx`` and ``xlsx``, ``store``, ``scan``; from outside ``profile``, ``record`` and
``content``.
"""
