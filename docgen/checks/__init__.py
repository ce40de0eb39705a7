"""Checks that a profile's rules name: each says what is wrong and where.

The door is ``base`` (runs a profile's rules). ``rules`` has a module per check, ``shared`` what several of them need,
``section_length`` and ``handwritten`` checks of a size of their own. Imports ``profile``, ``record``, ``content``.
"""
