import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gansampler.cli.date_inference import find_date_form

ALIKE = [
    ["2021-01-13"],
    ["2021-01-13T04:05:06.789"],
    ["2021-01-13T04:05:06.789Z", "2021-01-14T04:05:06.000Z"],
    ["2021-01-13T04:05:06+02:00"],
    ["2021-01-13 04:05:06+0200"],
    ["01/13/2021 11:05:06 PM", "02/21/2021 12:00:00 AM"],
    ["13/01/2021 04:05:06"],
    ["13 Jan 2021", "01 May 2020"],
    ["January 13, 2021", "May 1, 2021"],
    ["13-JAN-21", "01-FEB-21"],
    ["13.01.21", "21.02.21"],
    ["13.01.2021 04:05"],
    ["20210113", "20210114", "20200229"],
    ["20210113040506", "20210114040506", "20200229040506"],
    ["20210113T040506Z"],
    ["2021-01", "2020-12"],
    ["04:05", "23:10"],
    ["4:05 pm", "11:10 am"],
    ["1/13/2021", "12/1/2021"],
    ["2021-1-13", "2020-11-2"],
    ["2021-01-13", "2021-01-14 04:05"],
    ["2021-01-13 04:05:06", "2021-01-13 04:05:06.500000"],
    ["9999-12-31", "2021-01-01"],
    ["Wed, 13 Jan 2021 04:05:06 GMT"],
    ["2021-01-13T04:05:06.123456789", "2021-01-13T04:05:06.000000001"],
    ["2021-01-13T04:05:06.1234567"],
]


@pytest.mark.parametrize("cells", ALIKE, ids=" ".join)
def test__date_form__cells__written_as_they_were(cells):
    form, _ = find_date_form(cells, day_first=False)
    assert form.write(form.parse(cells)) == cells


@pytest.mark.parametrize(
    "cells",
    [
        ["2021-22", "2020-21"],
        ["Mon", "Tue"],
        ["1.2.3"],
        ["10.0.0.1"],
        ["2021-02-30"],
        ["31.04.2021"],
        ["24:00"],
        ["2021-01-13", "04:05"],
        ["2021-01-13T04:05Z", "2021-01-13T04:05"],
        ["12345678", "12345679", "12345680"],
        ["20210113"],
    ],
    ids=" ".join,
)
def test__date_form__what_is_no_date__none(cells):
    assert find_date_form(cells, day_first=False) is None


def test__date_form__offsets_that_differ__one_clock():
    cells = ["2021-01-13T04:00:00+01:00", "2021-07-13T04:00:00+02:00"]
    form, _ = find_date_form(cells, day_first=False)
    values = form.parse(cells)
    assert values.tolist() == [
        pd.Timestamp("2021-01-13 03:00"),
        pd.Timestamp("2021-07-13 02:00"),
    ]
    assert pd.to_datetime(form.write(values), utc=True).tz_localize(None).tolist() == (
        values.tolist()
    )


def test__date_form__two_forms_in_a_column__new_ones_in_one_of_them():
    cells = ["2021-01-13", "2021-02-15", "16.03.2021"]
    form, said = find_date_form(cells, day_first=True)
    assert said == ""
    assert form.parse(cells).dt.month.tolist() == [1, 2, 3]
    assert form.write(pd.Series([pd.Timestamp("2021-04-05")])) == ["2021-04-05"]


FORMS = [
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%d %b %Y",
    "%B %d, %Y",
    "%Y-%m-%dT%H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %I:%M %p",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y/%m/%d",
]


@given(
    st.lists(
        st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(2060, 1, 1)),
        min_size=1,
        max_size=10,
    ),
    st.sampled_from(FORMS),
)
def test__date_form__any_dates_of_a_form__cells_as_they_were(dates, form):
    cells = list(dict.fromkeys(date.strftime(form) for date in dates))
    found, said = find_date_form(cells, day_first="%d/%m" in form)
    if not said:
        expected = [datetime.datetime.strptime(cell, form) for cell in cells]
        assert found.parse(cells).tolist() == expected
    values = found.parse(cells)
    assert found.write(values) == cells
