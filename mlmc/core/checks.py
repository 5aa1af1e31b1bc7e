"""What `manage.py check --database default` looks at beside Django's own."""

from django.core.checks import Error, Tags, register

from mlmc.core.keys import proof


@register(Tags.database)
def keys_fit(databases=None, **_):
    """The keys of this process are those of the database it talks to."""
    if not databases or not proof.is_prepared() or (problem := proof.wrong()) is None:
        return []
    return [Error(problem, id="mlmc.E001")]
