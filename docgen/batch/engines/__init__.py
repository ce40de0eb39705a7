"""The engines that do the tasks of a run: processes of this machine (``pool``) or Dask's workers (``cluster``).

Imports of ``batch`` only ``ledger``. ``pool`` and ``cluster`` are imported when they are used.
"""

from docgen.batch.engines.engine import Crash, Engine, EngineError, Procedure, run_in_order

__all__ = [
    "Crash",
    "Engine",
    "EngineError",
    "Procedure",
    "run_in_order",
]
