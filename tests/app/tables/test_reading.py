"""The one reader of tables: formats, encodings, headings, roles, and what it refuses."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.formats.base import ReadOptions
from app.formats.registry import TABLE_LABELS, read_sheet
from app.sheets.origin import Origin
from app.sheets.synonyms import ROLES
from app.tables.reading import Bounds
from app.tables.table import Pairs
from messages import Message
from solver import InputError
from tests.app.payloads import file, parquet, stream
from tests.app.table_files import (
    as_arrow,
    as_csv,
    as_npy,
    as_xlsx,
    expect_message,
    ids,
    preview,
    read,
)
from tests.profiles import examples

LETTERS = {
    "utf-8": "aé用户 ,;\t\"\n'=",
    "utf-8-sig": "aé用户 ,;\t\"\n'=",
    "utf-16": "aé用户 ,;\t\"\n'=",
    "utf-16-le": "aé一户 ,;\t\"\n'=",
    "utf-16-be": "aé一户 ,;\t\"\n'=",
    "gb18030": "a用户主播 ,;\t\"\n'=",
}
"""By encoding: what ids are made of."""


@st.composite
def matrices(draw: st.DrawFn, letters: str) -> tuple[list[str], list[str], list[list[Any]]]:
    """Draw ids of users and streamers, and values, of which some are None."""
    text = st.text(alphabet=letters, max_size=6).map(lambda rest: "x" + rest.strip())
    users = draw(st.lists(text, min_size=1, max_size=5, unique=True))
    streamers = draw(st.lists(text, min_size=1, max_size=4, unique=True))
    value = st.none() | st.integers(-(10**6), 10**6).map(lambda n: n / 100)
    values = draw(
        st.lists(
            st.lists(value, min_size=len(streamers), max_size=len(streamers)),
            min_size=len(users), max_size=len(users),
        )
    )  # fmt: skip
    return users, streamers, values


def expect_refusal(expected: Message, content: bytes | str, **options: Any) -> None:
    """Read a file that is refused with a message of this code and, at least, these parameters."""
    with pytest.raises(InputError) as refused:
        read(content, **options)
    expect_message(refused.value.message, expected)


def cell(
    number: int,
    column: str,
    received: str | Message,
    expected: str = "number",
    place: str = "line",
) -> Message:
    """Return the message on a cell that is refused."""
    name = Message("column_named", name=column)
    return Message(
        "cell_refused",
        expected=expected,
        place=place,
        number=number,
        column=name,
        received=received,
    )


def line(number: int) -> Message:
    """Return the name of a line."""
    return Message("place_numbered", place="line", number=number)


def written(value: float | None, mark: str) -> str:
    return "" if value is None else f"{value:.2f}".replace(".", mark)


@given(
    st.data(),
    st.sampled_from([*LETTERS]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([".", ","]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(0, 2),
)
@examples(150)
def test_a_matrix_comes_back_from_csv_however_it_is_written(
    data: st.DataObject, encoding: str, delimiter: str, mark: str, quoting: Any, end: str, more: int
) -> None:
    letters = LETTERS[encoding]
    if quoting == csv.QUOTE_MINIMAL:  # what it leaves bare can be read in more ways than one
        letters = letters.translate(str.maketrans("", "", ",;\t\n"))
    users, streamers, values = data.draw(matrices(letters))
    rows = [["user", *streamers, *[""] * more]]
    rows += [
        [user, *(written(value, mark) for value in row), *[""] * more]
        for user, row in zip(users, values, strict=True)
    ]
    content = as_csv(rows, encoding, delimiter=delimiter, quoting=quoting, lineterminator=end)
    table = read(content)
    expected = [[-np.inf if value is None else value for value in row] for row in values]

    assert ids(table) == (users, streamers)
    assert isinstance(table.ev, np.ndarray)
    assert table.ev.tolist() == expected
    assert (table.understood.delimiter, table.understood.shape) == (delimiter, "matrix")


@given(st.data(), st.sampled_from([*LETTERS]), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_pairs_come_back_from_csv_with_the_wealth_of_users(
    data: st.DataObject, encoding: str, delimiter: str, chinese: bool
) -> None:
    users, streamers, values = data.draw(matrices(LETTERS[encoding]))  # four columns decide
    wealth = [at * 1.5 for at in range(len(users))]
    pairs = [
        (user, streamer, value, money)
        for user, row, money in zip(users, values, wealth, strict=True)
        for streamer, value in zip(streamers, row, strict=True)
        if value is not None
    ]
    if not pairs:
        return
    heads = (
        ["用户", "主播", "期望值", "财富"] if chinese else ["user", "item_id", "Score", "wealth"]
    )
    table = read(as_csv([heads, *pairs], encoding, delimiter=delimiter))

    assert isinstance(table.ev, Pairs)
    assert table.wealth is not None
    own_users, own_streamers = ids(table)
    assert own_users == [*dict.fromkeys(user for user, *_ in pairs)]
    assert [
        (own_users[user], own_streamers[streamer], ev, table.wealth[user])
        for user, streamer, ev in zip(table.ev.user, table.ev.streamer, table.ev.ev, strict=True)
    ] == pairs


@given(st.data())
@examples(20)
def test_a_matrix_comes_back_from_a_workbook(data: st.DataObject) -> None:
    users, streamers, values = data.draw(matrices("aé用户 ,;\"\n'="))
    rows = [["user", *streamers], *([user, *row] for user, row in zip(users, values, strict=True))]
    table = read(as_xlsx([], rows))

    assert table.understood.format == "Excel"
    assert ids(table) == (users, streamers)
    assert table.ev.tolist() == [  # type: ignore[union-attr]
        [-np.inf if value is None else value for value in row] for row in values
    ]


# Encodings and delimiters


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"user,a\nu,1\n", "UTF-8"),
        ("用户,小美\n张三,1\n".encode(), "UTF-8"),
        ("用户,小美\n张三,1\n".encode("gb18030"), "GB18030"),
        ("用户,小美\n张三,1\n".encode("utf-16"), "UTF-16"),
        ("用户,小美\n张三,1\n".encode("utf-16-be"), "UTF-16"),
        ("用户,镕喆\n张三,1\n".encode("gb18030"), "GB18030"),  # beyond GB 2312
        ("user,a\nu,1\n".encode("utf-32"), "UTF-32"),
    ],
)
def test_the_encoding_is_found_and_said(content: bytes, encoding: str) -> None:
    table = read(content)

    assert table.understood.encoding == encoding
    assert table.understood.warnings == ()
    assert table.ev.tolist() == [[1.0]]  # type: ignore[union-attr]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (["Bö", "é", "Müller"], "cp1252"),  # each ends beside a delimiter
        (["Łukasz", "Zoë", "ß"], "cp1250"),
        (["ж", "Пётр", "Иван"], "cp1251"),
        (["用戶", "張", "許功蓋"], "big5"),  # whose second bytes are ASCII
        (["ソ", "表", "太郎"], "cp932"),
    ],
)
def test_an_encoding_that_is_guessed_takes_no_delimiter_for_a_part_of_a_name(
    names: list[str], encoding: str, delimiter: str
) -> None:
    lines = [["user", *names], *([name, "1", "2", "3"] for name in names)]
    text = "\r\n".join(delimiter.join(line) for line in lines)

    table = read(text.encode(encoding))

    assert table.understood.delimiter == delimiter
    assert (len(table.user_ids), len(table.streamer_ids)) == (3, 3)


def test_one_nul_does_not_make_a_text_utf_16() -> None:
    expect_refusal(Message("table_not_known"), b"user,a\nx\0,1\n")


def test_a_guessed_encoding_is_said_to_be_a_guess() -> None:
    table = read("user,a\nAndré,1\nZoë Müller,2\nJürgen,3\n".encode("cp1252"))

    assert ids(table)[0] == ["André", "Zoë Müller", "Jürgen"]
    (warning,) = table.understood.warnings
    assert warning.code == "encoding_guessed"
    assert re.fullmatch(r"cp125\d", warning.parameters["encoding"])


def test_a_comma_in_headings_does_not_beat_the_delimiter() -> None:
    table = read("user;Li, Na;b\nu0;1,5;2\nu1;3;4\n")

    assert ids(table) == (["u0", "u1"], ["Li, Na", "b"])
    assert table.understood.decimal == ","


def test_a_line_that_tells_excel_the_delimiter_is_heeded() -> None:
    table = read("sep=;\r\nuser;a,b\r\nu0;1\r\n")

    assert ids(table) == (["u0"], ["a,b"])
    expect_refusal(cell(3, "a", "'x'"), "sep=;\nuser;a\nu0;x\n")


def test_lines_that_hold_nothing_are_no_rows() -> None:
    table = read("\nuser,a\n\nu0,1\n,\n\nu1,2\n,\n")

    assert ids(table)[0] == ["u0", "u1"]
    expect_refusal(cell(3, "user", Message("nothing"), "id"), "user,a\nu0,1\n,2\n")


def test_words_for_nothing_and_spaces_are_an_empty_cell() -> None:
    table = read("user,a,b,c,d,e\nu0, 1 ,NA,nan,-inf, +2e1\n")

    assert table.ev.tolist() == [[1, -np.inf, -np.inf, -np.inf, 20]]  # type: ignore[union-attr]


# Headings and roles


@pytest.mark.parametrize(
    ("text", "header", "streamers", "warning"),
    [
        ("0.1,0.2\n0.3,0.4\n", False, None, "header_of_numbers"),
        ("1,2\n3,4\n", False, None, "header_of_numbers"),
        ("x,101,102\nu0,1,2\nu1,3,4\n", True, [101, 102], "header_of_numbers_after"),
        ("u0,1.5,2\nu1,3,4\n", False, None, "header_of_numbers"),
        ("u0,2,2\nu1,3,4\n", False, None, "header_of_numbers"),
        (",101,102\nu0,1,2\n", True, [101, 102], None),
        ("user,101,102\nu0,1,2\n", True, [101, 102], None),
    ],
)
def test_a_header_of_numbers_is_asked_about(
    text: str, header: bool, streamers: Any, warning: str | None
) -> None:
    table = read(text)

    assert table.understood.header is header
    assert ids(table)[1] == streamers
    assert [each.code for each in table.understood.warnings] == [warning] * (warning is not None)


def test_a_caller_may_say_whether_there_is_a_header() -> None:
    assert read("1,2\n3,4\n", header=True).ev.tolist() == [[3, 4]]  # type: ignore[union-attr]
    assert read("x,1,2\nu,3,4\n", header=False, columns={"1": "user"}).n_users == 2


@pytest.mark.parametrize(
    ("heads", "roles"),
    [
        ("user,streamer,ev", "user streamer ev"),
        ("User ID,Streamer-ID,Expected Value,WEALTH", "user streamer ev wealth"),
        ("viewer_id,item_id,score,note", "user streamer ev ignore"),
        ("用户,主播,分数,累计消费", "user streamer ev wealth"),
        ("ｕｓｅｒ,主播ID,价值", "user streamer ev"),
        (",user,streamer,ev", "ignore user streamer ev"),
        ("who,anchor,ev", "user streamer ev"),
        ("uid,host,gmv", "user streamer ev"),
        ("user,a,b", "user ev ev"),
        ("a,user,wealth,b", "ev user wealth ev"),
        ("name,a,b", "user ev ev"),
        ("user,wealth", "user wealth"),
        ("Unnamed: 0,a,b", "user ev ev"),
    ],
)
def test_roles_are_those_of_the_headings(heads: str, roles: str) -> None:
    cells = ",".join(str(at + 1) for at in range(heads.count(",") + 1))
    table = read(f"{heads}\n{cells}\n")

    assert [column.role for column in table.understood.columns] == roles.split()


def test_given_roles_go_before_those_of_the_headings() -> None:
    text = "user,item,p,spend\n1,2,3,4\n2,2,4,5\n"

    pairs = read(text)
    assert isinstance(pairs.ev, Pairs)
    assert pairs.wealth is not None
    matrix = read(text, columns={"item": "ev", "spend": "ignore"})
    assert ids(matrix) == ([1, 2], ["item", "p"])
    assert matrix.wealth is None
    other = read("a,b,c\nx,y,1\n", columns={"b": "user", "a": "streamer"})
    assert ids(other) == (["y"], ["x"])


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            {"nobody": "user"},
            Message("column_unknown", name="nobody", columns=("user", "a", "b")),
        ),
        ({"a": "user", "b": "user"}, Message("role_twice", role="user")),
        ({"a": "money"}, Message("role_expected", roles=ROLES, name="'a'", received="'money'")),
        ({"a": "ignore", "b": "ignore"}, Message("streamer_column_missing", file="x.csv")),
        (["a"], Message("columns_option_expected", received="['a']")),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(columns: Any, expected: Message) -> None:
    expect_refusal(expected, "user,a,b\nu0,1,2\n", columns=columns)


DOUBTFUL = [
    (
        "user,a,b,本月消费额\nu0,1,2,3\n",
        Message("wealth_as_values", column=Message("column_named", name="本月消费额")),
    ),
    (
        "user,a,b,c\nu0,1,2,900\nu1,2,1,800\n",
        Message("wealth_as_values", column=Message("column_named", name="c")),
    ),
    (
        "player,a,b\n1,5,6\n2,5,6\n",
        Message("rising_numbers_as_ids", column=Message("column_named", name="player")),
    ),
    (
        "s0,s1\n5,7\n3,7\n",
        Message("different_numbers_as_values", column=Message("column_named", name="s0")),
    ),
    (
        "user,streamer,ev,wealth\nu0,a,1,5\nu1,a,1,5\nu0,b,1,7\n",
        Message(
            "two_wealths",
            user="'u0'",
            first=5.0,
            first_place=line(2),
            second=7.0,
            second_place=line(4),
            more=0,
        ),
    ),
]


@pytest.mark.parametrize(("text", "warning"), DOUBTFUL)
def test_what_is_doubtful_is_asked(text: str, warning: Message) -> None:
    assert read(text).understood.warnings == (warning,)


# Ids


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "20"], [1, 20]),
        (["-1", "0"], [-1, 0]),
        (["1", "02"], ["1", "02"]),
        (["1", "x"], ["1", "x"]),
        (["1", "9007199254740993"], ["1", "9007199254740993"]),
        (["1", "9007199254740992"], [1, 9007199254740992]),
        (["1.0", "2.0"], ["1.0", "2.0"]),
    ],
)
def test_ids_in_text_are_integers_where_all_of_them_are(cells: list[str], expected: Any) -> None:
    table = read("user,a\n" + "".join(f"{cell},1\n" for cell in cells))

    assert ids(table)[0] == expected


@pytest.mark.parametrize("width", ["int8", "int16", "int32", "int64", "uint8", "uint32", "uint64"])
def test_integers_of_any_width_are_ids(width: str) -> None:
    user = pa.array([7, 3, 7]).cast(getattr(pa, width)())
    table = pa.table({"user": user, "streamer": [1, 1, 2], "ev": [1, 2, 3]})
    found = read(as_arrow(table))

    assert ids(found) == ([7, 3], [1, 2])


def test_whole_numbers_that_a_hole_made_floats_are_ids() -> None:
    table = {"user": [7.0, 3.0], "s": [1, 2]}

    assert ids(read(parquet(pa.table(table))))[0] == [7, 3]
    table["user"][1] = float("nan")
    expect_refusal(cell(1, "user", "'nan'", "id", "row"), parquet(pa.table(table)))


def test_large_integers_are_strings_for_readers_of_json_would_round_them() -> None:
    table = pa.table({"user": pa.array([2**53 + 1, 2**64 - 1], pa.uint64()), "item": ["a", "b"],
                      "ev": [1, 2]})  # fmt: skip

    assert ids(read(as_arrow(table)))[0] == [str(2**53 + 1), str(2**64 - 1)]


# Arrow and Parquet of any writer


TEXT = pa.array(["b", "a", "b", "c"])
RUNS = pa.RunEndEncodedArray.from_arrays(pa.array([1, 2, 3, 4], pa.int32()), TEXT)
LAYOUTS = {
    "string": TEXT,
    "large_string": TEXT.cast(pa.large_string()),
    "string_view": TEXT.cast(pa.string_view()),
    "dictionary": TEXT.dictionary_encode().cast(pa.dictionary(pa.uint8(), pa.string())),
    "unordered dictionary": pa.DictionaryArray.from_arrays([2, 0, 2, 3], ["a", "x", "b", "c"]),
    "dictionary of views": pa.DictionaryArray.from_arrays(
        pa.array([1, 0, 1, 2], pa.int8()), pa.array(["a", "b", "c"]).cast(pa.string_view())
    ),
    "runs": RUNS,
    "part of runs": pa.RunEndEncodedArray.from_arrays(
        pa.array([2, 3, 4, 7], pa.int16()), TEXT
    ).slice(1, 4),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("write", [as_arrow, stream, file, parquet])
def test_text_of_any_layout_is_read(layout: str, write: Any) -> None:
    table = pa.table(
        {
            "user": LAYOUTS[layout],
            "streamer": pa.array([1, 2, 3, 4], pa.int16()),
            "ev": pa.array([1, 2, 3, 4], pa.uint8()),
            "__index_level_0__": [0, 1, 2, 3],
        }
    )
    try:
        content = write(table)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        pytest.skip("this format has no such layout")
    found = read(content)

    assert ids(found) == (["b", "a", "c"], [1, 2, 3, 4])
    assert found.ev.user.tolist() == [0, 1, 0, 2]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, None, 3], pa.int16()),
        pa.array([1, None, 3], pa.float16()),
        pa.array([1, None, 3], pa.decimal128(9, 2)),
        pa.array([1, None, 3]).dictionary_encode(),
        pa.RunEndEncodedArray.from_arrays([1, 2, 3], pa.array([1, None, 3])),
        pa.array(["1", None, "3.0"]),
        pa.array(["1", "", "3"]).cast(pa.string_view()),
    ],
)
def test_numbers_of_any_type_are_values(values: pa.Array) -> None:
    found = read(as_arrow(pa.table({"user": ["a", "b", "c"], "s": values})))

    assert found.ev.tolist() == [[1], [-np.inf], [3]]  # type: ignore[union-attr]


def test_the_index_of_a_data_frame_has_the_users_of_a_matrix() -> None:
    table = pa.table({"s0": [1.0, 2.0], "s1": [3.0, None], "__index_level_0__": ["u0", "u1"]})

    assert ids(read(parquet(table))) == (["u0", "u1"], ["s0", "s1"])


def own_dictionary(users: list[str]) -> pa.Array:
    """Return ids in a full dictionary of a narrow index: no two of them fit into one."""
    others = [f"nobody {users[:1]} {at}" for at in range(127 - len(users))]
    indices = pa.array(range(len(users)), pa.int8())
    return pa.DictionaryArray.from_arrays(indices, users + others)


def own_runs(users: list[str]) -> pa.Array:
    """Return ids in runs, the last of which is as long as its type can say: no two fit into one."""
    ends = [*range(1, len(users)), 2**15 - 1] if users else []
    runs = pa.RunEndEncodedArray.from_arrays(
        pa.array(ends, pa.int16()), pa.array(users, pa.string())
    )
    return runs[: len(users)]


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=12).filter(any),
    st.sampled_from([own_dictionary, own_runs, partial(pa.array, type=pa.string_view())]),
)
@examples(100)
def test_rows_are_the_same_in_any_batches(sizes: list[int], written_as: Any) -> None:
    ends = np.cumsum(sizes).tolist()
    users = [f"u{at}" for at in range(ends[-1])]
    batches = [
        pa.record_batch({"user": written_as(users[end - size : end]), "s": range(end - size, end)})
        for size, end in zip(sizes, ends, strict=True)
    ]
    schema = next(batch.schema for batch in batches if batch.num_rows)
    found = read(as_arrow(pa.Table.from_batches([batch.cast(schema) for batch in batches])))

    assert ids(found)[0] == users
    assert found.ev[:, 0].tolist() == list(range(ends[-1]))  # type: ignore[index]


def test_small_batches_are_read_together() -> None:
    table = pa.table({"user": [f"u{at}" for at in range(10_000)], "s": np.arange(10_000)})
    sheet = read_sheet(
        memoryview(as_arrow(table, max_chunksize=7)), Origin("x", "table"), ReadOptions(None, 0)
    )

    assert [block.n_rows for block in sheet.blocks()] == [10_000]


def test_batches_without_rows_are_passed_over() -> None:
    schema = pa.schema({"user": pa.string(), "s": pa.int8()})
    batches = [
        pa.record_batch({"user": [], "s": []}, schema=schema),
        pa.record_batch({"user": ["u0"], "s": [1]}, schema=schema),
        pa.record_batch({"user": [], "s": []}, schema=schema),
    ]  # fmt: skip
    table = pa.Table.from_batches(batches)

    assert read(as_arrow(table)).n_users == 1
    assert read(parquet(table)).n_users == 1


def other_type(kind: str) -> Message:
    column = Message("column_named", name="user")
    return Message("ids_of_other_type", column=column, file="x.parquet", type=kind)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"user": ["a", None], "s": [1, 2]}, cell(1, "user", Message("nothing"), "id", "row")),
        ({"user": ["a", "b"], "s": ["1", "many"]}, cell(1, "s", "'many'", place="row")),
        ({"user": [[1], [2]], "s": [1, 2]}, other_type("list<element: int64>")),
        ({"user": [1.5, 2.0], "s": [1, 2]}, other_type("double")),
        ({"user": ["a", "b"], "s": [1, 1e16]}, cell(1, "s", "'1e+16'", "number_at_most", "row")),
    ],
)
def test_a_cell_that_cannot_be_is_named_by_row_and_column(
    table: dict[str, Any], expected: Message
) -> None:
    expect_refusal(expected, parquet(pa.table(table)), name="x.parquet")


# .npy


def test_an_array_is_a_matrix_without_ids() -> None:
    ev = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    table = read(as_npy(ev), name="ev.npy")

    assert ids(table) == (None, None)
    assert table.ev.dtype == np.float32  # type: ignore[union-attr]
    assert table.ev.tolist() == ev.tolist()  # type: ignore[union-attr]
    holes = read(as_npy(np.array([[np.nan, 1], [np.nan, 2]], np.float32)))
    assert ids(holes) == (None, None)
    assert holes.ev.tolist() == [[-np.inf, 1], [-np.inf, 2]]  # type: ignore[union-attr]
    assert read(as_npy(np.arange(3.0))).wealth.tolist() == [0, 1, 2]  # type: ignore[union-attr]


# Excel


def test_a_workbook_may_begin_anywhere_and_has_one_table() -> None:
    rows = [[], [], [None, None, "user", 101, "wealth"], [None, None, "u0", 1.5, 3]]
    table = read(as_xlsx(rows, [["other"]]), name="x.xlsx")

    assert ids(table) == (["u0"], [101])
    assert table.wealth.tolist() == [3]  # type: ignore[union-attr]
    assert table.understood.warnings == (
        Message("sheets_ignored", sheet="'Sheet1'", others=("'Sheet2'",)),
    )
    rows.append([None, None, "u1", "x", 3])
    expect_refusal(cell(5, "101", "'x'", place="row"), as_xlsx(rows), name="x.xlsx")


def test_ids_that_excel_has_rounded_are_warned_of() -> None:
    (warning,) = read(as_xlsx([["user", "a"], [1234567890123456789, 1]])).understood.warnings

    assert warning.code == "excel_digits"


def bomb(name: str, content: bytes) -> bytes:
    """Return a workbook with one of its files in place of another."""
    whole = zipfile.ZipFile(io.BytesIO(as_xlsx([["user", "a"], ["u0", 1]])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for each in whole.namelist():
            undated = zipfile.ZipInfo(each)
            undated.compress_type = zipfile.ZIP_DEFLATED
            changed.writestr(undated, content if each == name else whole.read(each))
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def lying() -> bytes:
    """Return a workbook whose archive says that a large file is small."""
    content = bytearray(bomb(SHEET, FAR % (b" " * 10**6)))
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(SHEET.encode()))
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(content)


BAD_WORKBOOKS = [
    (bomb(SHEET, b" " * 10**8), Message("table_too_large", most=2**26)),
    (bomb("xl/sharedStrings.xml", b" " * 10**8), Message("table_too_large", most=2**26)),
    (lying(), Message("workbook_unreadable", problem="damaged")),
    (
        bomb(SHEET, FAR % b'<row r="1"><c r="A1"><v>1</v></c></row>'
             b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        Message("table_too_large", most=2**26),
    ),
    (
        bomb(SHEET, FAR % b'<row r="1"><c r="B1" t="e"><v>#DIV/0!</v></c></row>'),
        Message("workbook_error", cell="B1"),
    ),
    (bomb(SHEET, b"<no"), Message("workbook_unreadable", problem="unreadable")),
    (bomb("xl/workbook.xml", b""), Message("workbook_unreadable", problem="unreadable")),
    (as_xlsx([]), Message("table_empty", part="sheets")),
    (b"PK\x03\x04 and so on", Message("workbook_unreadable", problem="damaged")),
    (b"\xd0\xcf\x11\xe0 of 1997", Message("workbook_old")),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), BAD_WORKBOOKS)
def test_a_workbook_that_cannot_be_read_is_refused_before_it_expands(
    content: bytes, expected: Message
) -> None:
    expect_refusal(expected, content, bounds=Bounds(10**6, 2**26))


# What is refused


BAD_FILES = [
    (b"", Message("table_empty", part="file")),
    (b"\n\n", Message("table_empty", part="file")),
    (b",,,\n,,,\n", Message("table_empty", part="first_line")),
    (b",,,\nu0,1,2,3\n", Message("table_empty", part="first_line")),
    (
        b"user,a\n",
        Message("headings_alone"),
    ),
    (
        b"\x7fELF\x02\x01\x01\x00\x00",
        Message("table_not_known", formats=TABLE_LABELS),
    ),
    (bytes(range(256)), Message("table_not_known", formats=TABLE_LABELS)),
    (b"%PDF-1.7\n1 0 obj\n", Message("table_of_other_kind", formats=TABLE_LABELS, kind="pdf")),
    (
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)),
        Message("table_of_other_kind", kind="pdf"),
    ),
    (b"{\\rtf1\\ansi user,a}", Message("table_of_other_kind", kind="rtf")),
    (b"\xef\xbb\xbf <!DOCTYPE html>\n<p>,\n", Message("table_of_other_kind", kind="html")),
    (b'[\n {"user": "a", "ev": 1}\n]', Message("table_of_other_kind", kind="json")),
    (b'{"ev": [[1, 2]]}', Message("table_of_other_kind", kind="json")),
    (b"[[1,2],\n[3,4]]\n", Message("table_of_other_kind", kind="json")),
    (gzip.compress(b"user,a\nu0,1\n"), Message("table_of_other_kind", kind="compressed")),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Message("table_not_known")),
    (b"user,a\nu0,1\nu\x001,2\n" + b" " * 70_000, Message("table_not_known")),
    (
        "user,小美\n张三,1\n".encode()[:-6] + b"\xff,1\n",
        Message("byte_not_in_encoding", encoding="UTF-8", line=2, byte="0xff"),
    ),
    (b"ev,a\nx,1\n", cell(2, "ev", "'x'")),
    (b"user,a\nu0,x\n", cell(2, "a", "'x'")),
    (b"user;a;b\nu0;1,5;2\nu1;1,5;1.000,5\n", cell(3, "b", "'1.000,5'")),
    (b"user,a\nu0,1e400\n", cell(2, "a", "'1e400'", "number_at_most")),
    (b"user,a\nu0,inf\n", cell(2, "a", "'inf'", "number_at_most")),
    (
        b"user,a,b\nu0,1\n",
        Message("cells_expected", expected=3, place="line", number=2, received=2),
    ),
    (
        b"user,a\nu0,1,7\n",
        Message("cell_beyond_headings", expected=2, number=2, column=3, received="'7'"),
    ),
    (
        b"user,a\nu0,1\nu0,2\n",
        Message("user_twice", user="'u0'", first=line(2), second=line(3)),
    ),
    (b"user,a,a\nu0,1,2\n", Message("heading_twice", name="a", first=2, second=3)),
    (
        b"user,a,,b\nu0,1,,2\n",
        Message("heading_missing", column=3),
    ),
    (
        b"user,streamer,ev\nu0,a,1\nu1,a,2\nu0,a,3\n",
        Message("table_pair_twice", user="'u0'", streamer="'a'", first=line(2), second=line(4)),
    ),
    (
        b"user,streamer,ev\nu0,a,\n",
        cell(2, "ev", Message("nothing")),
    ),
    (
        b"user,streamer,ev,wealth\nu0,a,1,\n",
        Message("user_without_wealth", user="'u0'"),
    ),
    (
        b"user,a,wealth\nu0,1,\n",
        cell(2, "wealth", Message("nothing")),
    ),
    (
        b"user,streamer\nu0,a\n",
        Message("pair_column_missing", role="ev", columns=("user", "streamer")),
    ),
    (b"PAR1 no table", Message("table_damaged")),
    (b"ARROW1\0\0" + b"\xff" * 90, Message("table_damaged")),
    (b"\x93NUMPY\x01\0", Message("npy_header_too_long", field="x.csv", received=0)),
]


@pytest.mark.parametrize(("content", "expected"), BAD_FILES)
def test_a_bad_file_is_refused_with_the_place_of_its_fault(
    content: bytes, expected: Message
) -> None:
    expect_refusal(expected, content)


def test_a_million_columns_are_read_and_few_of_them_shown() -> None:
    heads = ",".join(f"s{at}" for at in range(10**6))
    table = read(f"user,{heads}\nu0{',1' * 10**6}\n")

    assert table.n_streamers == 10**6
    assert len(table.understood.columns) == 50


def test_a_value_of_any_length_is_cut_in_a_sentence() -> None:
    with pytest.raises(InputError) as refused:
        read("user,a\nu0," + "x" * 10**6)

    assert len(str(refused.value)) < 120


def test_a_table_of_too_many_pairs_is_refused() -> None:
    text = "user,streamer,ev\n" + "".join(f"u{at},a,1\n" for at in range(11))

    expect_refusal(
        Message("candidates_limited", most=10, received=11), text, bounds=Bounds(10, 2**26)
    )


@given(st.binary(max_size=60))
def test_no_bytes_do_anything_but_be_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except InputError as error:
        assert len(str(error)) < 400  # noqa: PT017


HEADS = ["user", "streamer", "ev", "wealth", "item", "x", "用户", "__index_level_0__", "101", '""']
CELLS = ["", " ", "1", "2", "2.5", "1,5", "NA", "-inf", "1e400", "007", '"a"', '"', "x"]


TEXTS = st.lists(
    st.tuples(st.sampled_from(HEADS + CELLS), st.sampled_from([*",;\t\n\r", "\r\n", ",", "\n"])),
    max_size=14,
).map(lambda parts: "".join(map("".join, parts)))
ROLES_GIVEN = st.dictionaries(
    st.sampled_from(["x", "1", "2", "101"]),
    st.sampled_from(["user", "streamer", "ev", "wealth"]),
)


@given(TEXTS, st.sampled_from([None, True, False]), ROLES_GIVEN)
@examples(300)
def test_no_text_does_anything_but_be_read_or_refused(
    text: str, header: bool | None, columns: dict[str, Any]
) -> None:
    try:
        read(text, columns=columns, header=header)
    except InputError as error:
        assert len(str(error)) < 400  # noqa: PT017


HEADINGS = st.sampled_from(["user", "streamer", "ev", "wealth", "uid", "room", "x", "y"])
SQUARES = st.integers(1, 4).flatmap(
    lambda n: st.tuples(
        st.lists(HEADINGS, min_size=n, max_size=n),
        st.lists(st.lists(st.sampled_from(CELLS), min_size=n, max_size=n), min_size=1, max_size=3),
    )
)


@given(
    SQUARES.map(lambda table: "".join(",".join(row) + "\n" for row in (table[0], *table[1])))
    | TEXTS,
    st.dictionaries(
        st.sampled_from(["uid", "room", "x"]),
        st.sampled_from(["user", "streamer", "ev", "wealth", "ignore"]),
    ),
)
@examples(300)
def test_a_preview_finds_the_fault_that_a_reading_refuses(
    text: str, columns: dict[str, Any]
) -> None:
    try:
        seen = preview(text, columns)
    except InputError:
        with pytest.raises(InputError):
            read(text, columns)
        return
    if seen.fault is None:
        assert asdict(seen.understood) == asdict(read(text, columns).understood)
        return
    with pytest.raises(InputError) as refused:
        read(text, columns)
    assert (seen.fault.message, seen.fault.position) == (
        refused.value.message, refused.value.position,
    )  # fmt: skip
    assert len(seen.understood.first_rows) == min(seen.understood.n_rows, 8) > 0
    roles = {each.name: each.role for each in seen.understood.columns}
    assert all(roles[name] == role for name, role in columns.items() if name)


SMALL = pa.table({"user": ["a", "b"], "streamer": [1, 2], "ev": [1.0, 2.0]})
WHOLE = [parquet(SMALL), file(SMALL), as_arrow(SMALL), as_xlsx([["user", "a"], ["b", 1]])]


def damages(content: bytes) -> st.SearchStrategy[bytes]:
    """Return a strategy of files that differ from one in up to four bytes."""
    places = st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255))

    def damaged(changes: list[tuple[int, int]]) -> bytes:
        changed = bytearray(content)
        for at, byte in changes:
            changed[at] = byte
        return bytes(changed)

    return st.lists(places, min_size=1, max_size=4).map(damaged)


@given(st.one_of(map(damages, WHOLE)))
@examples(60)
def test_no_damage_to_a_file_does_anything_but_be_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except InputError as error:
        assert len(str(error)) < 400  # noqa: PT017


def test_views_in_parquet_are_text() -> None:
    table = pa.table({"user": LAYOUTS["string_view"], "s": [1, 2, 3, 4]})
    sink = io.BytesIO()
    pq.write_table(table, sink)

    first, second = (Message("place_numbered", place="row", number=row) for row in (0, 2))
    expect_refusal(Message("user_twice", user="'b'", first=first, second=second), sink.getvalue())
