"""The demo program: about sixty made-up youth, nine mentors, two years of showing up. The same for the same number."""
