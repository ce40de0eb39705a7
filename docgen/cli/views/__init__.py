"""The output of longer commands: each module turns an outcome into lines of text and into data for JSON.

No door: a command takes the view that it needs. Imports the frame of ``cli``, never ``cli.commands``.
"""
