"""One module per check, named by the property that it demands; found by name from a profile's rules."""
