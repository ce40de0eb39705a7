"""Checks that a profile's rules name: each says what is wrong and where.

The door is ``base`` (runs a profile's rules). ``rules`` has a module per check, ``shared`` what several of them need,
``handwritten`` the checks of documents that no rule is about. Imports ``profile``, ``record``, ``content``.
"""
