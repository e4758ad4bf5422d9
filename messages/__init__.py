"""Messages: a code and its parameters, rendered in the reader's language from one catalogue each.

Code builds a `Message` instead of text. Nothing parses or compares texts: programs look at `code`
and `parameters`. Readers get text from `render`, which looks the code up in the
catalogue of a language. A catalogue is the folder ``messages/<language>/``; its files are written
in Fluent (https://projectfluent.org), one file for each subject:
`solver` and `simulator` for what these report, `sweeps` for studies, `app` for requests and files,
`commands` for help, `errors` for codes of HTTP, `page` for the web pages.

To add a message: build ``Message("my_code", count=3)`` where it is needed, and add ``my_code`` to
the same file of every language. The tests fail while a language lacks it.
"""

from .catalogue import (
    DEFAULT_LANGUAGE,
    LANGUAGES,
    load_catalogues,
    read_message,
    render,
    templates,
)
from .message import Message, Parameter

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "Message",
    "Parameter",
    "load_catalogues",
    "read_message",
    "render",
    "templates",
]
