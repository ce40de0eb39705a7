"""The work of jobs, a module per door, imported in working processes alone: each calls what the command calls."""
