"""Whether a redacted zip still says what it should not: its texts, PDF files and pictures are searched.

The door is ``search``. Imports ``archive.bag`` and what stands before it.
"""
