"""Pictures that move: every frame in a style, without flicker."""
