"""What a template may print and how it is spelled: missing values, filters, the sandbox around expressions.

The door is ``values``; imports nothing else of ``render``.
"""
