"""Everything the program knows, sealed in one file each night, and brought back from it."""
