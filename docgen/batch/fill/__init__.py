"""Any template, any sheet: a document for each row (``docgen fill``). Nothing here knows a profile.

``names`` makes tags of headers, ``rewriting`` rewrites a template's text for the engines, ``word`` and ``template``
prepare whole templates, ``look`` prints values as a sheet shows them, ``sheet`` reads the data, ``documents`` makes one
document, ``runner`` all of them. The door is ``runner``.
"""
