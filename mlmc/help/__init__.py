"""Learning the program: hints on a first visit, a page for each role, words, what changed, paper for a day without
power, and a practice youth."""
