"""What is asked about who may see whom: a wall, an emergency, its review."""

from django.core.validators import MinLengthValidator

from mlmc.core.colleagues import Colleague
from mlmc.core.forms import Form, PlainText
from mlmc.core.models import User

SHORTEST = 20  # letters of a reason: "urgent" is none


def in_a_sentence():
    return [MinLengthValidator(SHORTEST, f"Say it in a sentence of {SHORTEST} letters or more.")]


class WallForm(Form):
    person = Colleague(
        label="Who knows this youth in another way",
        empty_label="Choose somebody",
        help_text="A relative, a neighbour, somebody they share a past with. No reason is asked.",
        error_messages={"required": "Choose somebody."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].offers(User.objects.people().filter(is_active=True).order_by("name", "pk"))


class EmergencyForm(Form):
    code = PlainText(max_length=12, label="Code of the youth", help_text="As Y-0412.", missing="Enter the code.")
    reason = PlainText(
        max_length=1000,
        rows=3,
        label="What has happened, and what do you need to do?",
        help_text="A supervisor reads this now. It is kept, sealed, with the case.",
        validators=in_a_sentence(),
        missing="Say why in a sentence.",
    )


class ReviewForm(Form):
    finding = PlainText(
        max_length=1000,
        rows=2,
        label="What do you think of it?",
        validators=in_a_sentence(),
        missing="Say in a sentence what you think of it.",
    )
