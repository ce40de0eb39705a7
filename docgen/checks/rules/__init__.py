"""One module per check, named by the property that it demands; found by name from a profile's rules.

The folder is the list. A check imports ``checks.base`` and ``checks.shared``, never another check.
"""
