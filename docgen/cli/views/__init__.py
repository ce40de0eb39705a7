"""What a longer command shows on the screen; each view takes an outcome and prints through the frame's console."""
