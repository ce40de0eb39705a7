"""LibreOffice as a program: one watched run, the fonts it sees, what it made with the clock taken out, kept PDFs.

The door to all of it is ``docgen.render.pdf``.
"""
