"""The work of jobs and quick questions, imported in worker processes only; each calls what the command calls."""
