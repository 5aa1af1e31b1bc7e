"""Who can sign in to the demo. Everybody in it is made up."""

PASSWORD = "show-up-and-listen"

# role, e-mail
SIGN_INS = [
    ("program director", "patricia@demo.example"),
    ("intake coordinator", "priya@demo.example"),
    ("assessment team", "ana@demo.example"),
    ("survivor mentor", "carmen@demo.example"),
    ("case manager", "dana@demo.example"),
    ("support staff", "gwen@demo.example"),
    ("clinical supervisor", "simone@demo.example"),
    ("evaluation manager", "eli@demo.example"),
    ("system admin", "robin@demo.example"),
]
