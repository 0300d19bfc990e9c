"""The command ``gansampler``: over-sample CSV and Parquet files without Python code.

- `commands`: the commands that users run; START HERE;
- `options`: the options of the commands, each defined once;
- `output`, `wording`: results, warnings and errors, in terms of options;
- `samplers`, `strategy`, `settings`: create samplers from options;
- `training_table`: read a table to learn from, check it and split off its target;
- `summary`: one line for each column about its type;
- `saved_model`: a saved sampler, and what it knows of the file it was made from;
- `table_io`: read and write a table in the format given by its file ending;
- `table_file`: a table as read, with the places of its cells;
- `parquet_table`, `csv_table`: the two formats; a third would go next to them;
- `parquet_texts`: dates and missing values among the strings of a Parquet file;
- `csv_format`: how a CSV file writes the columns of a table;
- `column_inference`, `number_inference`, `date_inference`: infer that format;
- `number_form`, `number_pattern`, `date_form`, `cell_shapes`: how a column writes
  numbers, dates and blanks, for reading cells and for writing new ones.

It may import everything but `gansampler.dask`; nothing imports it. It needs ``pip
install "gansampler[cli]"``, and imports torch only in order to train.
"""
