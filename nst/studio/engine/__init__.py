"""A run that can be changed, undone, kept and replayed, without widgets.

state.py     one moment of a run
session.py   a run that can be changed and undone
painter.py   the network and the targets of a run, kept as long as they are valid
film.py      the frames of a run as an animated picture
keep.py      a session as a checkpoint
replay.py    the record of a session's picture, and the picture made again from it
"""
