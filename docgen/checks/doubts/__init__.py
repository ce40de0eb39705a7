"""Doubts: values that a record may hold and that are hardly right, told as warnings until somebody confirms them.

The door is ``base``: a list says which values are looked at by which function. What a value stands for comes from the
record's types and the profile's fields and units (``Meaning``); nothing here knows a standard, nothing knows today's
date. ``confirmed`` is the one way to silence a doubt.
"""
