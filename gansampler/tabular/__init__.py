"""Tables and float32 matrices, one made of the other without loss of what is legal.

- `containers`: pandas, polars, NumPy, SciPy sparse and lists, to a frame and back
- `validation`: what is no table or no target, said before any training
- `schema`: what is known of each column: its kind, its dtype, its grid
- `inference`: the schema read off the rows, all at once or part by part
- `number_facts`: the step, the decimals and the few values of a column of numbers
- `scalar_twins`: columns that NumPy can't count, such as Python's dates, as others
- `column_values`: the values of one column, read without loss
- `number_grid`: the numbers that a column may take in one class
- `relations`: what may hold between columns in every row
- `relation_search`: which relations a table has, and not by chance
- `relation_reducer`: columns that relations tell, left out of the rows and put back
- `quantile_function`: how the numbers of a column are distributed in one class
- `column_codecs`: one column of one class as a scalar and a block of states, and back
- `encoder`: one class as scalars and one-hot blocks (`RowLayout`), for any table
- `image_encoder`: the same for flattened images, all pixels on one scale
- `bounded_encoder`: the same on declared scales, which learn nothing from the rows
- `classifier_features`: tables as the numbers that classifiers take
- `id_columns`: columns that name a row, such as e-mail addresses
- `kept_rows`: that resampled rows begin with the real ones, checked cell by cell
- `labels`: targets read, and the labels of new rows put below them

A new type of column is recognised in `inference`, read in `column_values` and written
back in `number_grid`; it needs a codec in `column_codecs` only if no numbers lie
underneath. If pandas has another dtype for the same values, a line in `scalar_twins`
will do.

It may import `gansampler.utils`, and never torch.
"""
