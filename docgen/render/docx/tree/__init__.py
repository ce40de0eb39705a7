"""Works on tags in the XML tree: joins, trims and describes them, and finds the ones that can't be filled.

``joining`` comes first, ``walk`` says which blocks are open where, ``sites`` describes where a tag stands. Imports
``wordml``.
"""
