"""The pages on which somebody brings in what exists. The engine is in mlmc.core.bringing."""
