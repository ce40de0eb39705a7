"""A standard as data: reading it, building the models that it declares, resolving its paths against their types.

The doors are ``load`` (a folder → a profile), ``validate`` (raw data → a record) and ``plan`` (a record → its
documents). Imports ``record``, ``content``, ``trees``.
"""
