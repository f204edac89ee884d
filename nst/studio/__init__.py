"""The Studio: sliders that act while the picture is being painted.

engine/  a run that can be changed, undone, kept and replayed, without widgets
panel/   `Studio`: widgets that show a session of the engine and change it
"""
