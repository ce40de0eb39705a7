"""Compiled Word and Excel templates: once per template, then a document is string work.

The door is ``store``: a template's name → a compiled template → bytes. ``values`` → ``context`` → ``docx``, ``xlsx`` →
``store`` → ``scan``: a room imports only what stands before it. From outside come ``profile``, ``record``, ``content``.
"""
