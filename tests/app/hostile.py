"""Bodies that somebody might send who means no good, or whose program is broken."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from backports import zstd

from .payloads import file, npy, parquet, stream

AS_JSON = "application/json"
BOUNDARY = "a-line-between-parts"
PARTS = f"multipart/form-data; boundary={BOUNDARY}"

PROBLEM: dict[str, Any] = {
    "ev": [[9.0, 1.0, 3.5], [8.0, 7.0, None], [4.0, 2.0, 1.0], [0.5, 6.0, 2.0]],
    "wealth": [520.0, 300.0, 18.0, 44.0],
    "whale_share": 0.5,
    "k": 1,
    "capacity": [2, 2, 1],
    "user_ids": ["a", "b", "c", "d"],
    "streamer_ids": ["x", "y", "z"],
    "min_users": [1, 0, 0],
    "whale_penalty": [0, 1],
    "max_streamers_per_user": 1,
    "prices": {"whale_cap": {"x": 1.0}, "capacity": {}},
    "tolerance": 0.0,
    "algorithm": "min-cost-flow",
    "fill": "none",
}
"""A good request with every field, but for candidates."""

SWEEP: dict[str, Any] = {
    "k_values": [1, 2],
    "whale_shares": [0.1],
    "capacity_scales": [1.0],
    "algorithms": ["min-cost-flow"],
    "policies": ["tiered"],
    "whales_respect_capacity": True,
    "simulations": 2,
    "rounds": 2,
    "users_per_round": 10,
    "seed": 7,
    "draws": "common",
    "world": {"n_users": 60, "n_streamers": 6, "amount_model": 2},
}
"""A small sweep."""

OWN: dict[str, Any] = {
    "ev": PROBLEM["ev"],
    "wealth": PROBLEM["wealth"],
    "k_values": [1],
    "whale_shares": [0.5],
    "simulations": 2,
    "seed": 1,
}
"""A small sweep on an own matrix."""

TABLE = pa.table(
    {
        "user": np.repeat(np.arange(40), 3),
        "streamer": np.tile(np.arange(3), 40),
        "ev": np.linspace(0.0, 9.0, 120),
    }
)

WRONG: tuple[Any, ...] = (
    None, True, "", "1", "\x00", "💥" * 300, -1, 1.5, 10**30, [], [[]], [None], ["a"], {}, {"": 1},
)  # fmt: skip
"""What no field, or hardly any, can be."""


@dataclass(frozen=True)
class Hostile:
    """A request that must not hurt."""

    name: str
    content: bytes
    content_type: str = AS_JSON
    route: str = "/allocate"
    headers: dict[str, str] = field(default_factory=dict)


def bodies(seed: int = 0) -> Iterator[Hostile]:
    """Yield all of them; `seed` draws those that are drawn."""
    rng = np.random.default_rng(seed)
    yield from _cut_and_changed(rng)
    yield from _wrong_types()
    yield from _tokens()
    yield from _deep()
    yield from _encodings()
    yield from _arrays(rng)
    yield from _tables(rng)
    yield from _large()
    yield from _odd_parts(rng)
    yield from _odd_types()


def _cut_and_changed(rng: np.random.Generator) -> Iterator[Hostile]:
    """Yield good bodies that end early, or of which some bytes are others."""
    for route, good in (
        ("/allocate", PROBLEM),
        ("/experiments/whale-sweep", SWEEP),
        ("/experiments/own-sweep", OWN),
    ):
        whole = orjson.dumps(good)
        for end in np.unique(rng.integers(0, len(whole), 20)).tolist():
            yield Hostile(f"{route} cut at {end}", whole[:end], route=route)
        for at in range(15):
            yield Hostile(f"{route} changed {at}", _changed(whole, rng), route=route)


def _changed(whole: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(whole)
    for at in rng.integers(0, len(whole), rng.integers(1, 6)).tolist():
        changed[at] = int(rng.integers(0, 256))
    return bytes(changed)


def _wrong_types() -> Iterator[Hostile]:
    for route, good in (
        ("/allocate", PROBLEM),
        ("/experiments/whale-sweep", SWEEP),
        ("/experiments/own-sweep", OWN),
    ):
        turns = itertools.cycle(range(3))
        for name, wrong in itertools.product(good, WRONG):
            if next(turns) == 0:  # a third of them: each field and each value has its turns
                body = _dumped({**good, name: wrong})
                yield Hostile(f"{route} {name} = {wrong!r:.20}", body, route=route)


def _dumped(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # orjson writes no whole number of more than 64 bits
        return json.dumps(value).encode()


def _tokens() -> Iterator[Hostile]:
    """Yield numbers that JSON has not, or that nobody can count to."""
    numbers = (
        b"NaN", b"Infinity", b"-Infinity", b"nan", b"1e400", b"-1e400", b"1e-400", b"9" * 400,
        b"0x10", b"1_0", b"01", b"+1", b".5", b"5.", b"1e", b"--1", b"1e999999999", b"-0",
        b"0." + b"3" * 5000, b"18446744073709551616", b"-9223372036854775809",
    )  # fmt: skip
    for number in numbers:
        short = number[:24].decode()
        yield Hostile(f"EV {short}", b'{"ev":[[' + number + b',1]],"k":1,"whales":["0"]}')
        yield Hostile(f"k {short}", b'{"ev":[[1,1]],"k":' + number + b',"whales":["0"]}')
    for number in numbers[:8]:
        yield Hostile(
            f"simulations {number[:24].decode()}",
            b'{"simulations":' + number + b"}",
            route="/experiments/whale-sweep",
        )


def _deep() -> Iterator[Hostile]:
    for depth in (200, 2_000, 100_000):
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
            deep = opening * depth + b"1" + closing * depth
            yield Hostile(f"{depth} deep {opening.decode()}", deep)
            yield Hostile(f"{depth} deep and open {opening.decode()}", opening * depth)
            inside = b'{"ev":' + deep + b',"k":1,"whales":["0"]}'
            yield Hostile(f"{depth} deep in ev {opening.decode()}", inside)
            yield Hostile(f"{depth} deep sweep", deep, route="/experiments/whale-sweep")
    world = b'{"world":' + b'{"world":' * 5_000 + b"{}" + b"}" * 5_001
    yield Hostile("worlds in worlds", world, route="/experiments/whale-sweep")
    yield Hostile("a key 100,000 times", b"{" + b'"k":1,' * 100_000 + b'"k":1}')
    yield Hostile("100,000 keys", orjson.dumps({str(at): at for at in range(100_000)}))
    yield Hostile("a name of a million letters", orjson.dumps({"a" * 1_000_000: 1}))
    rows = b"[]," * 300_000
    yield Hostile("empty rows", b'{"ev":[' + rows + b'[]],"k":1,"whales":["0"]}')


def _encodings() -> Iterator[Hostile]:
    whole = orjson.dumps(PROBLEM)
    yield Hostile("UTF-16", whole.decode().encode("utf-16"))
    yield Hostile("UTF-32", whole.decode().encode("utf-32"))
    yield Hostile("UTF-8 with a mark", b"\xef\xbb\xbf" + whole)
    yield Hostile("overlong UTF-8", whole.replace(b'"a"', b'"\xc0\xaf"'))
    yield Hostile("half a surrogate, raw", whole.replace(b'"a"', b'"\xed\xa0\x80"'))
    yield Hostile("half a surrogate, escaped", whole.replace(b'"a"', b'"\\ud800"'))
    yield Hostile("a null in a name", whole.replace(b'"a"', b'"\\u0000"'))
    yield Hostile("ids that look alike", whole.replace(b'"a"', b'"\\u0062"'))
    yield Hostile("nothing", b"")
    yield Hostile("nulls", b"\x00" * 1_000)
    yield Hostile("random bytes", np.random.default_rng(1).bytes(10_000))
    for name in ("gzip", "deflate", "br", "zstd", "identity, gzip", "x" * 5_000):
        packed = gzip.compress(whole)
        yield Hostile(f"packed by {name:.20}", packed, headers={"Content-Encoding": name})
    bomb = gzip.compress(b" " * 100_000_000)
    yield Hostile("a gzip bomb", bomb, headers={"Content-Encoding": "gzip"})


def _arrays(rng: np.random.Generator) -> Iterator[Hostile]:
    good = npy(np.arange(12, dtype="<f4").reshape(4, 3))
    strange: dict[str, bytes] = {
        "a pickle": npy(np.array([{"a": 1}], object), allow_pickle=True),
        "a bare pickle": b"\x80\x04\x95\x1a\x00\x00\x00cos\nsystem\n(S'true'\ntR.",
        "an archive": _zipped(ev=good),
        "an archive of a bomb": _zipped(ev=b"\x00" * 50_000_000),
        "the wrong magic": b"\x93NUMPX" + good[6:],
        "version 0": good[:6] + b"\x00\x00" + good[8:],
        "version 255": good[:6] + b"\xff\xff" + good[8:],
        "a header of 4 GB": good[:6] + b"\x02\x00\xff\xff\xff\xff" + good[10:],
        "a header that calls": _with_header(b"__import__('os').abort()"),
        "a header of brackets": _with_header(b"(" * 60_000),
        "terabytes": _with_header(_dtype(b"<f4", b"(999999999, 999999)")),
        "sides that overflow": _with_header(_dtype(b"<f8", b"(4294967296, 4294967296)")),
        "negative sides": _with_header(_dtype(b"<f4", b"(-1, 3)")),
        "a side of 0": _with_header(_dtype(b"<f4", b"(0, 3)")),
        "sides of 0 and many": _with_header(_dtype(b"<f4", b"(0, 999999999999)")),
        "four sides": _with_header(_dtype(b"<f4", b"(1, 1, 1, 1)")) + b"\x00" * 4,
        "numbers of 0 bytes": _with_header(_dtype(b"<f0", b"(4, 3)")),
        "numbers of 16 bytes": _with_header(_dtype(b"<f16", b"(4, 3)")) + b"\x00" * 192,
        "dates": npy(np.zeros((4, 3), "M8[s]")),
        "text": npy(np.full((4, 3), "9")),
        "raw memory": npy(np.zeros((4, 3), "V8")),
        "records": npy(np.zeros(4, [("a", "f4"), ("b", "O")]), allow_pickle=True),
        "NaN": npy(np.full((4, 3), np.nan)),
        "infinity": npy(np.full((4, 3), np.inf)),
        "the largest": npy(np.full((4, 3), np.finfo(np.float64).max)),
        "the smallest": npy(np.full((4, 3), 5e-324)),
        "nowhere allowed": npy(np.full((4, 3), -np.inf)),
        "one user, many streamers": npy(np.zeros((1, 1_100_000), np.float16)),
    }
    for name, content in strange.items():
        yield _parts(f".npy, {name}", ev=content)
    for end in np.unique(rng.integers(0, len(good), 12)).tolist():
        yield _parts(f".npy cut at {end}", ev=good[:end])
    for at in range(25):
        yield _parts(f".npy changed {at}", ev=_changed(good[:80], rng) + good[80:])
    for name in ("wealth", "capacity", "k"):
        for what in ("a pickle", "NaN", "the largest", "infinity", "negative sides"):
            yield _parts(f"{name} as {what}", ev=good, **{name: strange[what]})


def _dtype(descr: bytes, shape: bytes) -> bytes:
    return b"{'descr': '" + descr + b"', 'fortran_order': False, 'shape': " + shape + b"}"


def _with_header(header: bytes) -> bytes:
    return b"\x93NUMPY\x02\x00" + len(header).to_bytes(4, "little") + header


def _zipped(**files: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.npy", content)
    return sink.getvalue()


def _parts(name: str, **parts: bytes) -> Hostile:
    problem: dict[str, Any] = {"whales": ["0"]} | ({} if "k" in parts else {"k": 1})
    if "wealth" in parts:
        problem = {"k": 1, "whale_share": 0.5}
    return Hostile(name, multipart({"problem": orjson.dumps(problem), **parts}), PARTS)


def _tables(rng: np.random.Generator) -> Iterator[Hostile]:
    """Yield tables that are cut, changed or lie about themselves."""
    for kind, write in (("Parquet", parquet), ("Arrow", stream), ("Arrow file", file)):
        good = write(TABLE)
        for end in np.unique(rng.integers(0, len(good), 12)).tolist():
            yield _parts(f"{kind} cut at {end}", candidates=good[:end])
        for at in range(30):
            yield _parts(f"{kind} changed {at}", candidates=_changed(good, rng))
    good = parquet(TABLE)
    foot = int.from_bytes(good[-8:-4], "little")
    for length in (0, 1, foot - 1, foot + 1, 2**31 - 1, 2**32 - 1):
        lying = good[:-8] + length.to_bytes(4, "little") + good[-4:]
        yield _parts(f"a footer of {length}", candidates=lying)
    for at in range(25):  # what describes the columns, their pages and how large they get
        footer = _changed(good[-8 - foot : -8], rng)
        lying = good[: -8 - foot] + footer + good[-8:]
        yield _parts(f"a changed footer {at}", candidates=lying)
    for at in range(15):  # the headers of the first pages
        yield _parts(f"a changed page {at}", candidates=_changed(good[:200], rng) + good[200:])
    encrypted = good[:-4] + b"PARE"
    yield _parts("an encrypted footer", candidates=encrypted)
    columns = TABLE.to_pydict()
    for name, column in {
        "lists": pa.array([[1]] * 120),
        "structures": pa.array([{"a": 1}] * 120),
        "nulls": pa.nulls(120),
        "dates": pa.array([0] * 120, pa.timestamp("s")),
        "decimals": pa.array(["1"] * 120).cast(pa.decimal128(38, 0)),
        "bytes": pa.array([b"\xff"] * 120),
        "negative": pa.array([-1] * 120),
        "huge": pa.array([2**62] * 120),
        "unsigned": pa.array([2**64 - 1] * 120, pa.uint64()),
        "NaN": pa.array([float("nan")] * 120),
    }.items():
        for side in ("user",) if name == "decimals" else ("user", "ev"):
            table = pa.table({**columns, side: column})
            yield _parts(f"{side} as {name}", candidates=stream(table))
    twice = pa.Table.from_arrays([*TABLE.columns, TABLE["ev"]], ["user", "streamer", "ev", "ev"])
    yield _parts("a column twice", candidates=stream(twice))
    yield _parts("no rows", candidates=parquet(TABLE.slice(0, 0)))


def multipart(parts: dict[str, bytes]) -> bytes:
    """Return parts as a body of type `PARTS`."""
    begin = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'.encode()
    written = [begin + name.encode() + b'"\r\n\r\n' + parts[name] + b"\r\n" for name in parts]
    return b"".join(written) + f"--{BOUNDARY}--\r\n".encode()


@cache
def _large() -> tuple[Hostile, ...]:
    """Return bodies that expand; they take seconds to make, and are the same each time."""
    return (*_bombs(), *_encoded())


def _bombs() -> Iterator[Hostile]:
    """Yield small tables that become large ones."""
    many = 30_000_000
    zeros = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(many, np.int8)), pa.array(["x" * 1_000_000])
    )
    flat = pa.table({name: np.zeros(many, np.float32) for name in ("user", "streamer", "ev")})
    packed = io.BytesIO()
    pq.write_table(flat, packed, compression="zstd", use_dictionary=True)
    yield _parts("Parquet of zeros", candidates=packed.getvalue())
    named = io.BytesIO()
    pq.write_table(
        pa.table({"user": zeros[:2_000_000], "streamer": zeros[:2_000_000],
                  "ev": np.zeros(2_000_000, np.float32)}), named, compression="zstd",
    )  # fmt: skip
    yield _parts("Parquet of one long id", candidates=named.getvalue())
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, flat.schema, options=options) as writer:
        writer.write_table(flat)
    yield _parts("Arrow of zeros", candidates=sink.getvalue())


def _encoded() -> Iterator[Hostile]:
    """Yield bodies in encodings: small ones that become large, and some that are not encoded."""
    whole = orjson.dumps(PROBLEM)
    zeros = bytes(2**26)
    for name, content in {
        "gzip": gzip.compress(zeros),
        "zstd": zstd.compress(zeros),
        "gzip, gzip": gzip.compress(gzip.compress(zeros)),
        "zstd, gzip": gzip.compress(zstd.compress(zeros)),
    }.items():
        yield Hostile(f"a bomb of {name}", content, headers={"Content-Encoding": name})
    for name, encode in (("gzip", gzip.compress), ("zstd", zstd.compress)):
        headers = {"Content-Encoding": name}
        yield Hostile(f"{name} within", encode(whole), headers=headers)
        yield Hostile(f"{name} cut", encode(whole)[:-3], headers=headers)
        yield Hostile(f"{name} and more", encode(whole) + b"x", headers=headers)
        yield Hostile(f"no {name}", whole, headers=headers)
        yield Hostile(f"empty {name}", encode(b"") * 5_000 + encode(whole), headers=headers)
    yield Hostile("br", whole, headers={"Content-Encoding": "br"})


def _odd_parts(rng: np.random.Generator) -> Iterator[Hostile]:
    good = multipart({"problem": b'{"k":1,"whales":["0"]}', "ev": npy(np.eye(3))})
    for end in np.unique(rng.integers(0, len(good), 15)).tolist():
        yield Hostile(f"parts cut at {end}", good[:end], PARTS)
    for at in range(20):
        yield Hostile(f"parts changed {at}", _changed(good, rng), PARTS)
    mark = f"--{BOUNDARY}\r\n".encode()
    end = f"--{BOUNDARY}--\r\n".encode()
    disposition = b'Content-Disposition: form-data; name="'
    for name, content in {
        "only the end": end,
        "only a beginning": mark,
        "10,000 parts": (mark + disposition + b'a"\r\n\r\n\r\n') * 10_000 + end,
        "no name": mark + b"Content-Disposition: form-data\r\n\r\n{}\r\n" + end,
        "no disposition": mark + b"\r\n{}\r\n" + end,
        "a name of a megabyte": mark + disposition + b"a" * 1_000_000 + b'"\r\n\r\n\r\n' + end,
        "a header of a megabyte": mark + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n\r\n" + end,
        "100,000 headers": mark + b"X: a\r\n" * 100_000 + b"\r\n\r\n" + end,
        "a way out": mark + disposition + b'../../etc/passwd"; filename="../x"\r\n\r\n{}\r\n' + end,
        "a broken line": mark + disposition + b'problem"\n\n{}\n' + end,
        "a name twice": (mark + disposition + b'problem"\r\n\r\n{}\r\n') * 2 + end,
        "parts in parts": mark + disposition + b'problem"\r\n\r\n' + good + b"\r\n" + end,
    }.items():
        yield Hostile(f"parts: {name}", content, PARTS)
    for name, kind in {
        "no boundary": "multipart/form-data",
        "an empty boundary": "multipart/form-data; boundary=",
        "another boundary": "multipart/form-data; boundary=other",
        "a boundary of 5,000": f"multipart/form-data; boundary={'b' * 5000}",
        "two boundaries": f"{PARTS}; boundary=other",
        "mixed": PARTS.replace("form-data", "mixed"),
    }.items():
        yield Hostile(f"parts with {name}", good, kind)


def _odd_types() -> Iterator[Hostile]:
    whole = orjson.dumps(PROBLEM)
    for kind in (
        "", "text/html", "application/xml", "application/x-www-form-urlencoded", "a/b/c", ";;;",
        "application/json; charset=utf-7", "application/json" + ";a=b" * 1000,
    ):  # fmt: skip
        yield Hostile(f"JSON as {kind:.30}", whole, kind)
    yield Hostile("a form", b"ev=1&k=2", "application/x-www-form-urlencoded")
    yield Hostile("XML", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml")
    yield Hostile("parts as JSON", multipart({"problem": b"{}"}))
