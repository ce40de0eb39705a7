"""Values that must agree: repeated, linked and listed names and values, codes and numbers by their pattern."""
