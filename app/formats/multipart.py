"""Parts of multipart/form-data bodies, as views of the body; file names never reach a disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from mmap import mmap
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.errors.problem_details import RefusalError
from app.text.names import error_text
from messages import Message
from solver import InputError

from .base import essence

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MEDIA_TYPE = "multipart/form-data"

MOST_PARTS = 64
"""Maximum number of parts of a body; requests have at most ten."""


LONGEST_FILE_NAME = 60


class Parts(dict[str, memoryview]):
    """The bytes of parts by name.

    Parameters
    ----------
    places : mapping of str to memoryview
    file_names : mapping of str to str
        Their names in messages: the name of the file, else that of the part.
    """

    def __init__(self, places: Mapping[str, memoryview], file_names: Mapping[str, str]) -> None:
        super().__init__(places)
        self.file_names = file_names


def is_multipart(content_type: str) -> bool:
    """Return whether a content type is multipart/form-data."""
    return essence(content_type) == MEDIA_TYPE


@contextmanager
def parse_parts(data: bytes | mmap, content_type: str) -> Iterator[Parts]:
    """Yield the parts by name; they share the memory of the body.

    Raises
    ------
    RefusalError
        400 if the body is malformed.
    solver.InputError
        On a part without a name, or two with the same name.
    """
    layout = _find(data, content_type)
    whole = memoryview(data)
    try:
        yield Parts(
            {name: whole[start:end] for name, (start, end) in layout.places.items()},
            layout.file_names,
        )
    finally:
        whole.release()


def _find(data: bytes | mmap, content_type: str) -> _PartPlaces:
    """Return the first and last byte of each part, and the names of files."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise RefusalError(
            "malformed-multipart", Message("multipart_boundary_missing", type=MEDIA_TYPE)
        )
    layout = _PartPlaces()
    try:
        MultipartParser(boundary, layout.callbacks()).write(data)  # type: ignore[arg-type]
    except FormParserError as error:
        message = Message("multipart_malformed", type=MEDIA_TYPE, problem=error_text(error))
        raise RefusalError("malformed-multipart", message) from error
    if not layout.complete:
        raise RefusalError("malformed-multipart", Message("multipart_cut_off", type=MEDIA_TYPE))
    return layout


class _PartPlaces:
    """Callbacks that collect the places of parts in a body that is parsed at once."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[int, int]] = {}
        self.file_names: dict[str, str] = {}
        self.complete = False
        self._header = ""
        self._disposition = b""
        self._place = (0, 0)

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._complete,
        }

    def _begin(self) -> None:
        if len(self.places) == MOST_PARTS:
            raise InputError("body", Message("too_many_parts", most=MOST_PARTS))
        self._disposition, self._place = b"", (0, 0)

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = data[start:end].decode("latin-1").lower()

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        if self._header == "content-disposition":
            self._disposition = data[start:end]

    def _data(self, _: bytes, start: int, end: int) -> None:
        self._place = (start, end)

    def _end(self) -> None:
        kind, options = parse_options_header(self._disposition.decode("latin-1"))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if kind != b"form-data" or not name:
            raise InputError(
                "body",
                Message("part_without_name", place=len(self.places)),
                (len(self.places),),
            )
        if name in self.places:
            raise InputError(name, Message("part_twice", name=name), code="conflicting-fields")
        self.places[name] = self._place
        self.file_names[name] = _file_name(options.get(b"filename", b"")) or name

    def _complete(self) -> None:
        self.complete = True


def _file_name(encoded_name: bytes) -> str:
    """Return the name of a file for messages: printable, and without directories."""
    name = encoded_name.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
    printable = "".join(each for each in name if each.isprintable())
    return printable[:LONGEST_FILE_NAME]
