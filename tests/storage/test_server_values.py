from artbot_server.storage.server_values import note, noted
from artbot_server.storage.sessions import shared_secret


def test_the_last_value_counts(database):
    assert noted(database, "address") is None
    note(database, "address", "http://127.0.0.1:5001")
    note(database, "address", "http://127.0.0.1:5002")
    assert noted(database, "address") == "http://127.0.0.1:5002"


def test_the_secret_stays_as_it_is(database):
    secret = shared_secret(database)
    note(database, "address", "x")
    assert shared_secret(database) == secret
