"""Texts: their length and parts, the facts and figures that they state."""
