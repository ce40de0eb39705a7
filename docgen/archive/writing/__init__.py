"""Writing the package: one zip under a temporary name, each file hashed while it is copied, then moved into place.

The door is ``package``; ``target`` and ``staging`` move any finished file. Imports ``archive.bag`` and what stands
before it.
"""
