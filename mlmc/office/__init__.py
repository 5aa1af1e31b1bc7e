"""The program's own pages about itself: its first day, its settings, its keys on paper."""
