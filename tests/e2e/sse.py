"""Server-sent events read by hand from a streamed response, as a PHP or Java client would."""

import json


def events(response):
    """`(name, data)` of each event as it comes; comments are left out, `[DONE]` stays a text."""
    name, data = "message", []
    for line in response.iter_lines(chunk_size=1, decode_unicode=False):
        line = line.decode()
        if not line and data:
            text = "\n".join(data)
            yield name, text if text == "[DONE]" else json.loads(text)
            name, data = "message", []
        elif line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data.append(line.removeprefix("data: "))
