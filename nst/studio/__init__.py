"""The Studio: sliders that act while the picture is being painted.

The engine, which knows no widgets:
  state.py     one moment of a run
  session.py   a run that can be changed, undone and gone back in
  painter.py   its network and targets, kept while they serve
  keep.py      a session as a checkpoint
  replay.py    what a saved picture carries, and how it becomes the picture again
The panel:
  panel.py     `Studio`, a session behind widgets
  layout.py    the widgets: dials.py, chooser.py, strip.py and settings.py are parts
  actions.py   what they do
  views.py     what is shown, as HTML; chart.py as SVG; film.py as an animation
  shelf.py     where results are put
  jupyter.py   where versions and front ends differ
"""
