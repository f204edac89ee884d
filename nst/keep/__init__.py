"""What is kept of a run: the record inside a picture, and checkpoints."""
