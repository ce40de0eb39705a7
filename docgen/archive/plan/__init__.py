"""What goes where: filing items, file numbers and names, which file that a person wrote is which document.

The door is ``plan``; ``model`` holds what the rest of ``archive`` speaks of.
"""
