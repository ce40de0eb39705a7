"""Values in templates and their spelling: missing values, filters, the sandbox around expressions.

The door is ``values``; imports nothing else of ``render``.
"""
