"""A database with an organisation."""

import pytest

from engine import municipality


@pytest.fixture
def municipal(store):
    """A database with the demo municipality's organisation and nothing deployed."""
    store.write(municipality.load)
    return store
