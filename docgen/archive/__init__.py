"""The archive package: what is filed where, the zip that holds it, and the receiver's judgement of it.

``zip`` → ``plan`` → ``bag`` → ``writing``, ``verify``, ``leaks`` → ``transfer``: a room imports only what stands before
it. From outside come ``profile``, ``record``, ``content``; never ``render`` or ``checks``.
"""
