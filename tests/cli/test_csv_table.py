import pytest

from gansampler.cli.csv_format import ReadOptions
from gansampler.cli.table_io import read_table, write_table


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("explicit", [False, True])
def test__read_table__any_separator__found(read, separator, explicit):
    rows = [["a", "b", "c"], ["1", "x y", "3"], ["4", "z", "6"]]
    text = "\r\n".join(map(separator.join, rows))
    table = read(text, separator=separator if explicit else None)
    assert table.frame.columns.tolist() == ["a", "b", "c"]
    assert table.frame["c"].tolist() == [3, 6]
    assert table.csv_format.separator == separator


def test__read_table__separator_in_quotes__not_taken_for_one(read):
    table = read('a;b\n"x,y,z";1\n"u,v,w";2\n')
    assert table.frame["a"].tolist() == ["x,y,z", "u,v,w"]


@pytest.mark.parametrize(
    ("encoding", "known_as"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("latin-1", "cp1252"),
        ("cp1252", "cp1252"),
    ],
)
def test__read_table__any_encoding__found_and_kept(
    read, path, tmp_path, encoding, known_as
):
    table = read("straße,x\nKöln,1\n", encoding)
    assert table.frame["straße"].tolist() == ["Köln"]
    assert table.csv_format.encoding == known_as
    assert bool(table.remarks) == (known_as == "cp1252")
    write_table(tmp_path / "out.csv", table, table.frame.iloc[:0])
    assert (tmp_path / "out.csv").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
def test__write_table__utf16_of_either_order__byte_for_byte(path, tmp_path, encoding):
    path.write_bytes("\ufeffstraße,x\nKöln,1\n".encode(encoding))
    table = read_table(path, ReadOptions())
    assert table.frame.columns.tolist() == ["straße", "x"]
    write_table(tmp_path / "out.csv", table, table.frame.iloc[:0])
    assert (tmp_path / "out.csv").read_bytes() == path.read_bytes()


def test__read_table__no_utf8__line_told(read):
    table = read("a,b\nx,1\nü,2\n", "latin-1")
    assert "line 3: not valid UTF-8" in table.remarks[0]


def test__read_table__byte_that_cp1252_lacks__latin1(path):
    path.write_bytes(b"a,b\n\x81,\xfc\n")
    table = read_table(path, ReadOptions())
    assert table.frame["b"].tolist() == ["ü"]
    assert table.csv_format.encoding == "latin-1"


def test__read_table__encoding_that_was_told__taken(read, path):
    table = read("a,b\nж,1\n", "koi8-r", encoding="koi8-r")
    assert table.frame["a"].tolist() == ["ж"]
    table = read("a,b\nж,1\n", "utf-8-sig", encoding="UTF-8")
    assert table.frame.columns[0] == "a"
    for encoding in ("ascii", "nonsense"):
        with pytest.raises(ValueError, match=rf"with --encoding {encoding}"):
            read_table(path, ReadOptions(encoding=encoding))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a,b\n1,2\n\n1,2,3\n",
            r"table\.csv, line 4: 3 cells, but the first line has 2",
        ),
        ("a,b\n1,2\n1\n", r"table\.csv, line 3: 1 cells"),
        ("a,b,a\n1,2,3\n", r"table\.csv, line 1: .* occur more than once: 'a'"),
        ('a,b\n1,"2"x\n', r"table\.csv, line 2: "),
        ('a,b\n1,"2\n', r"table\.csv, line 2: unexpected end of data"),
        ("", r"table\.csv is empty"),
        ("a,b\n", r"table\.csv contains column names, but no rows"),
        ("a\x00b", r"table\.csv is not a text file"),
        ("a,b\n" + "x" * 200_000 + ",1\n", r"table\.csv, line 2: field larger"),
    ],
    ids=range(9),
)
def test__read_table__faulty_file__told_with_its_line(read, text, message):
    with pytest.raises(ValueError, match=message):
        read(text)


def test__read_table__header_of_very_many_columns__told_soon(tmp_path):
    path = tmp_path / "wide.csv"
    names = [f"c{k}" for k in range(300_000)]
    path.write_text(",".join([*names, "c7"]) + "\n")
    with pytest.raises(ValueError, match="occur more than once: 'c7'"):  # not in hours
        read_table(path, ReadOptions())
    path.write_text(",".join(names) + "\n")
    with pytest.raises(ValueError, match="contains column names, but no rows"):
        read_table(path, ReadOptions())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "lines",
    [
        ['"a","b c"', '"1","x"', '"2","y, z"'],
        ["a,b", '1,"x"', '2,"y ""z"""'],
        ['a,"b"', '"1",x', "2,y"],
        ["a , b", " 1,x", "22, y "],
        ["a,b", '1,""', "2,"],
        ["a,b", '1,"x\ny"', '2,"u,v"'],
        ["a,b", '1,x"y', "2,z"],
    ],
)
def test__write_table__quotes_blanks_and_line_ends__byte_for_byte(
    read, path, tmp_path, lines, end
):
    table = read(end.join([*lines, ""]))
    write_table(tmp_path / "out.csv", table, table.frame)
    written = (tmp_path / "out.csv").read_bytes()
    assert written.startswith(path.read_bytes())


def test__write_table__columns_in_quotes__new_cells_in_quotes(read, tmp_path):
    table = read('"a","b",c\n"1",x,"u"\n"2",y,\n')
    write_table(tmp_path / "out.csv", table, table.frame)
    assert (tmp_path / "out.csv").read_text().splitlines()[3:] == [
        '"1",x,"u"',
        '"2",y,',
    ]


def test__read_table__labels_that_differ_in_padding__one(read, tmp_path):
    table = read("a,y\n1,yes \n2,yes\n3,yes \n4,no\n")
    assert table.frame["y"].tolist() == ["yes", "yes", "yes", "no"]
    write_table(tmp_path / "out.csv", table, table.frame.iloc[:1])
    assert (tmp_path / "out.csv").read_text().splitlines()[-1] == "1,yes "


@pytest.mark.parametrize(
    ("cells", "new"),
    [
        (["  1.50", " 12.25"], "  1.50"),
        (["1.50  ", "12.25 "], "1.50  "),
        ([" 1.5", " 12.2"], " 1.5"),
        (["\u00a05 ", "\u00a07 "], "\u00a05 "),
    ],
)
def test__write_table__blanks_around_numbers__in_new_cells_too(read, path, cells, new):
    table = read("a;b\n" + "".join(f"{cell};x\n" for cell in cells))
    assert table.frame["a"].dtype.kind in "fi"
    assert table.csv_format.columns["a"].write(table.frame["a"])[0] == new
