"""The values of templates and their text: missing values, filters, the sandbox around expressions.

The entry is ``values``; the folder imports nothing else of ``render``.
"""
