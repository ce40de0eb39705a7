"""docgen: from structured project data to checked documents and one verified archive package.

Programs call ``docgen.check(…)``, ``docgen.build(…)`` and the other names in ``__all__``: they are those of
``docgen.api``, which is loaded when one is asked for. ``__init__.pyi`` gives their types.
"""

__version__ = "0.2.0"

__all__ = [
    "Answer",
    "Converting",
    "Diagnostic",
    "DocgenError",
    "Limits",
    "Options",
    "Resources",
    "batch",
    "build",
    "case",
    "check",
    "fill",
    "status",
    "verify",
]


def __getattr__(name: str) -> object:
    """What the API offers under this name."""
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # the folder ``batch`` bears the name of a function and is called like it
    return import_module("docgen.batch") if name == "batch" else getattr(import_module("docgen.api"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
