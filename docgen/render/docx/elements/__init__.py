"""Handles the Word elements that tags fill, repeat or remove, a module each: lists, notes, controls, drawings …

Most have two halves: one marks the element in the tree when a template is compiled, the other corrects the rendered
text. Imports ``wordml`` and ``tree``.
"""
