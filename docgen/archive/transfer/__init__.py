"""The layout in which records are handed over to an archive: 说明文件, 文件目录, the files.

The door is ``write``. Imports ``archive.writing`` and what stands before it.
"""
