"""What jobs do, a module per door, imported in the processes that work alone: each calls what the command calls."""
