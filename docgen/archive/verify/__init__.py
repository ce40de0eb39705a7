"""The receiver's side: verdicts on a package from the zip alone.

The door is ``package``. Imports ``archive.bag`` and what stands before it, never ``archive.writing``.
"""
