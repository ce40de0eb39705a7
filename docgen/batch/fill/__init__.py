"""Any template, any sheet: a document for each row (``docgen fill``). Nothing here knows a profile.

``names`` makes tags of headers, ``rewriting`` rewrites a template's text for the engines, ``word`` and ``template``
prepare whole templates, ``look`` and ``values`` print values as a sheet shows them, ``sheet`` reads the data,
``matching`` offers columns for tags, ``fields`` makes a sheet for a template, ``copies`` plans the documents,
``documents`` and ``pdfs`` make some of them, ``runner`` all. The door is ``runner``.
"""
