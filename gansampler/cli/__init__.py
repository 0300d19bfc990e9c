"""The command ``gansampler``: tables in CSV and Parquet files instead of Python.

- `commands`: what the user runs; START HERE;
- `options`: what the commands take, each option written once;
- `output`: results, warnings and errors on the terminal;
- `samplers`: the samplers that options ask for;
- `training_table`: a table to learn from, checked and split from its target;
- `saved_model`: a saved sampler, and what it knows of the file it was made from;
- `table_io`: read and write a table, in the format that its ending names;
- `table_file`: a table as it was read, with the places of its cells;
- `parquet_table`, `csv_table`: the two formats, which a third would stand beside;
- `csv_format`, `column_inference`: how columns stand in a CSV file, and how that is
  found out.

It may import everything but `gansampler.dask`; nothing imports it. It needs
``pip install "gansampler[cli]"``, and leaves torch to whoever trains.
"""
