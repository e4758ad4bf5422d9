r"""Tables of users, streamers and values: one reader for page, command line and HTTP.

`reading.read_table` takes the bytes of a file in any format of `formats` and returns a `Table`.
What it decides, it decides by rules that look at the file alone, in this order:

format
    By the file's first bytes, never by its name: ``PAR1`` is Parquet, ``ARROW1`` an Arrow file,
    four bytes FF an Arrow stream, ``\x93NUMPY`` .npy, ``PK`` Excel. Anything else is text.
encoding
    A byte order mark; else UTF-8 where all bytes are; else UTF-16 where every other byte of line
    ends is NUL; else GB18030 where at least half of the characters beyond ASCII are of GB 2312;
    else what charset-normalizer finds, with a warning.
delimiter
    What a first line such as ``sep=;`` says; else of tab, semicolon and comma the first that cuts
    each of the first 100 lines into equally many cells, two or more; if none does, the one that
    cuts the first line into most.
decimal mark
    A comma where cells of the first 1,000 rows have numbers with a comma and none with a point.
header
    The first line, unless all its cells are numbers, or all but the first are and have digits
    after a decimal mark or come twice.
roles
    By the headings of `synonyms`. Pairs, where a column is named as streamers are and another as
    users or values are; else a matrix, whose users are in the column named so, or the first one
    that is not named or holds text; wealth alone, where a column of wealth stands beside users.
ids
    Integers where every id of the column, or every heading, is a whole number of at most 2**53
    as people write it; else strings.
"""
