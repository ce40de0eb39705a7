"""The layout in which archives take records over: 说明文件, 文件目录, the files.

The door is ``write``. Imports ``archive.writing`` and what stands before it.
"""
