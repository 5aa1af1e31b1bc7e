"""Words everybody here would think of first are no password, whatever number stands behind them."""

import re

from django.core.exceptions import ValidationError

from mlmc import program

WORDS = re.findall(
    r"\w+",
    """
    password passwort contrasena welcome letmein admin login secret changeme qwerty abc iloveyou trustno
    mlmc hearth mentor mentors mentoring mentee youth survivor survivors program case manager support supervisor
    director intake referral shelter safe safety hope healing freedom trafficking cse csec dcf agency staff team
    spring summer autumn fall winter january february march april may june july august september october november
    december monday tuesday wednesday thursday friday saturday sunday boston massachusetts
    """,
)
LEFT = 4  # letters that have to be somebody's own
LOOKS = str.maketrans("013457@$!", "oieastasi")


class ProgramWordsValidator:
    """No rule about capitals or signs: only that something of it must be one's own."""

    def validate(self, password, user=None):
        plain = password.casefold()
        if len(set(plain)) < 4 or any(self.nothing_left(words) for words in (plain, plain.translate(LOOKS))):
            raise ValidationError("This is one of the first things somebody would try. Take words of your own.")

    def nothing_left(self, text):
        """Whether it is made of such words, but for a few letters."""
        rest = text
        for word in sorted([*WORDS, *program.current().brand.casefold().split()], key=len, reverse=True):
            rest = rest.replace(word, "")
        return rest != text and len(re.sub(r"[\W\d_]", "", rest)) < LEFT

    def get_help_text(self):
        return "Not the first words somebody here would think of."
