"""What tests of pages share: somebody with these roles signs in, and what a page says."""

from tests.factories import UserFactory


def sign_in(client, **roles):
    """A new person with these roles, signed in with this client."""
    user = UserFactory(**roles)
    client.force_login(user)
    return user


def text(response):
    return response.content.decode()
