"""The parts of a text that somebody wrote: which line is a heading of which part, how sure that is, and why.

The door is ``arrange``. What parts, words and signs there are is the profile's (``scheme``); here is how they add up.
Imports the rest of ``content``.
"""
