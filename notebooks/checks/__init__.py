"""Checks of the exercises: nNN.py holds those of notebook NN."""
