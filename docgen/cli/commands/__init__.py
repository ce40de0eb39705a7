"""One module per command: reads its options, calls the pipeline, shows what came of it.

The list is ``cli.root``. Imports the frame of ``cli`` and ``cli.views``.
"""
