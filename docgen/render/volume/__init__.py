"""One PDF of many: bound in order, each page numbered in its outer corner. It knows no office program.

``binding`` is the door; ``parts`` reads what is bound, ``stamps`` places the numbers, ``claims`` judges PDF/A,
``pictures`` puts scans onto pages. pikepdf is imported when something is bound.
"""
