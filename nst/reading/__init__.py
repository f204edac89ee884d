"""The many kinds of pictures that people have: imported when one has to be read."""
