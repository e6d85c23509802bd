"""Everything that touches the world for a case: the database, files, the clock and the command line."""
