import pandas as pd
import pytest


@pytest.mark.parametrize(
    "way",
    [
        (3, "utf-8", ",", ("\n", "where needed")),
        (10, "utf-16", ";", ("\r\n", "all")),
        (17, "cp1252", "|", ("\n", "texts")),
        (24, "utf-8-sig", "\t", ("\r\n", "all")),
        (31, "latin-1", ",", ("\n", "texts")),
    ],
    ids=str,
)
def test__messy_file__each_column__read_and_written_alike(bench, way):
    table = pd.DataFrame(bench.messy_files.try_file(*way))
    assert table["taken_for"].tolist() == table["expected"].tolist()
    assert table["in_form"].tolist() == [1.0] * len(table)
    assert table["same_bytes"].all()


def test__messy_files__kinds__all_tried_in_sixty_files(bench):
    n_kinds = len(bench.messy_files.KINDS)
    columns = range(bench.messy_files.COLUMNS_PER_FILE)
    tried = {(7 * k + j) % n_kinds for k in range(60) for j in columns}
    assert len(tried) == n_kinds
