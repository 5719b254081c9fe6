"""The file of the provider of texts is understood whole, or stops the start with words that repeat nothing of it."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from sojourn.config.texts import text_provider_in

WHOLE = """
url = "https://api.provider.example/messages"
form = "form"
timeout_s = 8
[headers]
Authorization = "Bearer secret-key"
[fields]
To = "{number}"
Body = "{words}"
[yes]
status = [200, 201]
field = "status"
values = ["queued", 0]
[numbers]
"Ben@example.org" = "+15105550123"
"""


def read(tmp_path, text):
    path = tmp_path / "texts.toml"
    path.write_text(text)
    return text_provider_in(str(path))


def test_the_example_of_the_guide_is_understood_and_prints_no_secret(tmp_path):
    provider = read(tmp_path, WHOLE)
    assert provider.numbers == {"ben@example.org": "+15105550123"}
    assert provider.yes_values == {"queued", "0"}
    for secret in ("secret-key", "5550123", "api.provider"):
        assert secret not in repr(provider)


def test_no_file_is_no_provider():
    assert text_provider_in("") is None


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("https://", "http://", "https address"),
        ("https://", "ftp://", "https address"),
        ('"https://api.provider.example/messages"', "7", "https address"),
        ('form = "form"', 'form = "xml"', "one of form, json"),
        ("timeout_s = 8", "timeout_s = 30", "at most 9"),
        ("timeout_s = 8", "timeout_s = true", "at most 9"),
        ("timeout_s = 8", "timeout_s = 0", "at most 9"),
        ("{number}", "+1510", "{number} and {words}"),
        ("{words}", "", "{number} and {words}"),
        ("[200, 201]", "[]", "between 200 and 299"),
        ("[200, 201]", "[500]", "between 200 and 299"),
        ("[200, 201]", "200", "between 200 and 299"),
        ('field = "status"', "", "with the values"),
        ('values = ["queued", 0]', "", "with the values"),
        ('"+15105550123"', '"510 555 0123"', "telephone numbers"),
        ('"Bearer secret-key"', "1", "texts by name"),
        ("timeout_s = 8", "", "give exactly"),
        ("timeout_s = 8", "timeout_s = 8\nword = 'secret-key'", "give exactly"),
        ("[yes]", "[yes]\nmaybe = 1", "[yes] takes"),
        ("url =", "url", "cannot be read"),
    ],
)
def test_what_is_not_understood_stops_the_start_and_tells_no_secret(tmp_path, was, now, says):
    assert was in WHOLE
    with pytest.raises(ImproperlyConfigured) as refused:
        read(tmp_path, WHOLE.replace(was, now))
    told = str(refused.value)
    assert told.startswith("SOJOURN_TEXT_PROVIDER: ")
    assert says in told
    assert "secret-key" not in told
    assert "5550123" not in told


def test_a_file_that_is_not_there_stops_the_start(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        text_provider_in(str(tmp_path / "none.toml"))
