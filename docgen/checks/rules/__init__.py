"""The checks: a folder for each subject, and in it a module for each check, named by the property that it demands.

The modules of the folders are the list of checks; a profile's rule names one without its folder. A check imports
``checks.base`` and ``checks.shared``, and no other check.
"""
