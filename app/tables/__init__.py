r"""Tables of users, streamers and values: one reader for page, command line and HTTP.

`reading.read_table` takes the bytes of a file in any format of `formats` and returns a `Table`.
Batches of Parquet are read in `app.batch.parquet` instead, one row group after the other, so that
their memory stays bounded. The rules look at the file alone, in this order:

format
    By the first bytes, never by the name: ``PAR1`` is Parquet, ``ARROW1`` an Arrow file, four bytes
    FF an Arrow stream, ``\x93NUMPY`` .npy, ``PK`` Excel. Anything else is text.
encoding
    By a byte order mark; else UTF-8 if all bytes are valid; else UTF-16 if every other byte of
    line ends is NUL; else GB18030 if at least half of the non-ASCII characters are in GB 2312; else
    the guess of charset-normalizer, with a warning.
delimiter
    By a first line such as ``sep=;``; else the first of tab, semicolon and comma that splits each
    of the first 100 lines into the same number of cells, two or more; else the one that splits the
    first line into most cells.
decimal mark
    A comma if the first 1,000 rows have numbers with a comma and none with a point.
header
    The first line, unless all its cells are numbers, or all but the first are numbers that have
    decimals or occur twice.
roles
    By the headings of `synonyms`. The table has pairs if one heading means streamers and another
    users or values. Otherwise it is a matrix, whose users are in the column with that heading, or
    the first one that has no heading or contains text. A column of wealth beside users alone makes
    a table of wealth.
ids
    Integers if every id of the column, or every heading, is a whole number of at most 2**53 in
    its usual form; else strings.
"""
