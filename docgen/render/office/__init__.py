"""Runs LibreOffice: a watched process, the program's identity and fonts, PDFs without timestamps, a cache of PDFs.

Callers use it through ``docgen.render.pdf``.
"""
