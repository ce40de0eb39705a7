"""Binds many PDFs into one, each page numbered in its outer corner. It uses no office program.

Start reading at ``binding``; ``parts`` reads the PDFs to bind, ``stamps`` places the page numbers, ``claims`` judges
PDF/A, ``pictures`` puts scans onto pages. pikepdf is imported when something is bound.
"""
