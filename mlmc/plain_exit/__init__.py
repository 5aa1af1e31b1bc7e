"""Everything of the program as files that any program opens: nobody is locked in. It takes two people."""
