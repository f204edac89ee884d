"""`Studio`: widgets that show a session of the engine and change it.

studio.py    the class `Studio`; its methods work without a browser
layout.py    the widgets; dials.py, chooser.py, strip.py and settings.py are parts
actions.py   what happens when a person uses a widget
views.py     what is shown, as HTML; chart.py as SVG
shelf.py     the paths of results
jupyter.py   differences between versions and front ends
"""
