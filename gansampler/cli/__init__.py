"""The command ``gansampler``: tables in CSV and Parquet files instead of Python.

- `commands`: what the user runs; START HERE;
- `options`: what the commands take, each option written once;
- `output`, `wording`: results, warnings and errors, in terms of options;
- `samplers`, `strategy`, `settings`: the samplers that options ask for;
- `training_table`: a table to learn from, checked and split from its target;
- `summary`: what its columns were taken for, a line each;
- `saved_model`: a saved sampler, and what it knows of the file it was made from;
- `table_io`: read and write a table, in the format that its ending names;
- `table_file`: a table as it was read, with the places of its cells;
- `parquet_table`, `csv_table`: the two formats, which a third would stand beside;
- `parquet_texts`: dates and missing values among the texts of a Parquet file;
- `csv_format`: how the columns of a table stand in a CSV file;
- `column_inference`, `number_inference`, `date_inference`: how that is found out;
- `number_form`, `number_pattern`, `date_form`, `cell_shapes`: how a column
  writes numbers, dates and blanks: cells are read by it, and new ones written.

It may import everything but `gansampler.dask`; nothing imports it. It needs
``pip install "gansampler[cli]"``, and leaves torch to whoever trains.
"""
