import pytest

from artbot_server.callbacks.places import Place, host_of, parse_place


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ("https://hooks.example.com", Place("https", "hooks.example.com", 443, False)),
        ("HTTP://Hooks.Example.com/", Place("http", "hooks.example.com", 80, False)),
        ("hooks.example.com", Place("https", "hooks.example.com", 443, False)),
        ("hooks.example.com:8443", Place("https", "hooks.example.com", 8443, False)),
        ("*.example.com", Place("https", "*.example.com", 443, False)),
        ("https://*", Place("https", "*", 443, False)),
        ("private:http://n8n.lan:5678", Place("http", "n8n.lan", 5678, True)),
        ("http://10.0.0.5:8000", Place("http", "10.0.0.5", 8000, True)),
        ("http://[::1]:9000", Place("http", "::1", 9000, True)),
        ("http://localhost:9000", Place("http", "localhost", 9000, True)),
        ("https://图画.example", Place("https", "xn--wcsq71e.example", 443, False)),
        ("http://my_service:80", Place("http", "my_service", 80, False)),
    ],
)
def test_an_entry_is_a_scheme_a_host_and_a_port(raw, place):
    assert parse_place(raw) == place
    assert parse_place(str(place)) == place


@pytest.mark.parametrize(
    "raw",
    [
        *("", "https://", "ftp://example.com", "https://a b", "https://example.com/hook", "https://example.com?x"),
        *("https://me@example.com", "https://example.com:0", "https://example.com:99999", "https://a.*.example.com"),
        *("https://*example.com", "private:", "https://-a.com", "https://[::1", "https://a..b"),
    ],
)
def test_what_is_no_entry_is_refused_with_what_one_looks_like(raw):
    with pytest.raises(ValueError, match="entries such as"):
        parse_place(raw)


def test_hosts_are_compared_in_one_form():
    assert host_of("Example.COM.") == "example.com"
    assert host_of("0:0:0:0:0:0:0:1") == "::1"
