"""Save fitted samplers and generators to files that contain data only.

- `sampler_file`: what is saved, what is rejected, and the checks when loading;
- `serializers`: convert each part of a fitted estimator to JSON and arrays, and back;
- `json_codec`: write and read any value as plain JSON and arrays;
- `value_forms`: the forms of Python, NumPy and pandas values;
- `forest`: a fitted random forest as arrays.

It may import `gansampler.utils`, `tabular`, `gan` and `generation`. Only `save` and
`load` of the estimators and the command line import it.
"""
