"""docgen: from structured project data to checked documents and one verified archive package."""

__version__ = "0.1.0"
