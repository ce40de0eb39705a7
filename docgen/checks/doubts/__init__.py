"""Doubts: warnings about values that are valid but improbable, until the user confirms them.

``base`` is the entry point: it lists the check functions and runs them. The record's types and the profile's fields say
what a value means (``Meaning``). The checks know no standard and don't read the clock. Only a confirmation
(``confirmations``) silences a doubt.
"""
