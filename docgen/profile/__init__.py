"""A standard as data: reading it, building the models that it declares, resolving its paths against their types."""
