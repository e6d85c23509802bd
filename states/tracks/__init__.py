"""The tracks: one module for each life that is told as a table."""
