"""Who somebody is. A municipality's own sign-in (OIDC) will be another class with this method."""

from __future__ import annotations

from typing import Protocol

from engine.domain import passwords
from engine.domain.organisation import User
from engine.errors import Refused
from engine.store import Store


class NotRecognised(Refused):
    """Brugernavn eller adgangskode passer ikke. Prøv igen, eller spørg administratoren, hvis du har glemt den."""


class Identity(Protocol):
    """The port: names the user that somebody proves to be."""

    def recognise(self, username: str, password: str) -> str:
        """The user name. Raises NotRecognised."""


class Passwords:
    """Users with a password of their own in the database."""

    def __init__(self, store: Store):
        self._store = store

    def recognise(self, username: str, password: str) -> str:
        with self._store.reading() as session:
            user = session.get(User, username.strip().lower())
            if not passwords.matches(user, password):
                raise NotRecognised
            return user.username
