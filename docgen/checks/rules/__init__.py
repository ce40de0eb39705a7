"""The checks, a module for each, named by the property that it demands; profiles' rules name them.

The modules of the folder are the list of checks. A check imports ``checks.base`` and ``checks.shared``, and no other
check.
"""
