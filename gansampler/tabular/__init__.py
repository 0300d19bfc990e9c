"""Convert tables to float32 matrices and back, without losing valid values.

- `containers`: convert pandas, polars, NumPy, SciPy sparse and lists to a frame and
  back
- `validation`: reject invalid tables and targets before any training
- `schema`: what is known about each column: its kind, dtype and grid
- `inference`: infer the schema from the rows, all at once or part by part
- `number_facts`: the step, decimals and few values of a numeric column
- `scalar_twins`: replace columns such as Python's dates with ones that NumPy has
- `column_values`: read the values of one column without loss
- `number_grid`: the valid numbers of a column in one class
- `relations`: the relations that may hold between columns in every row
- `relation_search`: find the relations of a table that are not due to chance
- `relation_reducer`: remove columns that relations determine, and restore them
- `quantile_function`: the distribution of a column's numbers in one class
- `column_codecs`: encode one column of one class as a scalar and a block of states
- `encoder`: encode one class of any table as scalars and one-hot blocks (`RowLayout`)
- `image_encoder`: encode flattened images with all pixels on one scale
- `bounded_encoder`: encode on declared scales, learning nothing from the rows
- `classifier_features`: convert tables to numbers for classifiers
- `id_columns`: find columns that identify a row, such as e-mail addresses
- `kept_rows`: check cell by cell that resampled rows begin with the real ones
- `labels`: read targets, and append the labels of new rows

A new column type is recognised in `inference`, read in `column_values` and written back
in `number_grid`. It needs a codec in `column_codecs` only if it is not based on
numbers. If pandas has another dtype for the same values, an entry in `scalar_twins` is
enough.

It may import `gansampler.utils`, and never torch.
"""
