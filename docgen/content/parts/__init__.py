"""Arranges a person's text in parts: which line is the heading of which part, with certainty and reasons.

``arrange`` is the entry point. The profile defines parts, words and cues (``scheme``); this package adds them up.
Imports the rest of ``content``.
"""
