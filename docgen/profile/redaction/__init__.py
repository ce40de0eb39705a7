"""Redaction: the confidential places and values, and a record of the same shape with marks in their place.

The door is ``record``; ``disclosure`` decides what is closed. Imports the rest of ``profile``.
"""
