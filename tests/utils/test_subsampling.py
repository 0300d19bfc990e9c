import numpy as np
import pandas as pd

from gansampler.utils.subsampling import random_rows


def test__random_rows__more_rows__as_many_in_their_order():
    frame = pd.DataFrame({"x": range(100)})
    drawn = random_rows(frame, 10, np.random.RandomState(0))["x"].tolist()
    assert len(drawn) == 10
    assert drawn == sorted(set(drawn))
    assert random_rows(frame, 100, np.random.RandomState(0)) is frame
