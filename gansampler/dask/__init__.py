"""Over-sample dask DataFrames without moving the table.

- `oversampler`: ``DaskGANOverSampler``;
- `partitioned_table`: a dask DataFrame with its labels, and the tasks that summarise
  it, sample its rows and append synthetic partitions;
- `partition_tasks`: what those tasks do on the workers;
- `table_summary`: columns, classes and lengths, merged partition by partition;
- `sampling_strategy`: how many rows each class needs, from the class counts;
- `row_sampling`: samples that do not depend on the partitioning.

It may import `gansampler.utils`, `gansampler.tabular`, `gansampler.gan`,
`gansampler.generation` and, to save a sampler, `gansampler.persistence`. It needs dask
(``pip install "gansampler[dask]"``).
"""

try:
    import dask.dataframe  # noqa: F401
except ImportError as error:
    raise ImportError(
        "gansampler.dask needs dask, which is not installed. Install it with "
        '`pip install "gansampler[dask]"`.'
    ) from error

from gansampler.dask.oversampler import DaskGANOverSampler

__all__ = ["DaskGANOverSampler"]
