"""What is asked when everything is to go out. Forms clean; mlmc.plain_exit.asking holds the rules."""

from mlmc.core.forms import Form, PlainText


class AskForm(Form):
    why = PlainText(
        label="Why everything has to go out",
        rows=3,
        max_length=1000,
        missing="Write a sentence: the second person reads it before they say yes.",
    )
