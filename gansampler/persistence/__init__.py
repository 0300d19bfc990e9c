"""Fitted samplers and generators as files from which nothing is executed.

- `sampler_file`: what is written, what is refused, what is checked on loading;
- `serializers`: each part of a fitted estimator as JSON and arrays, and back;
- `json_codec`: how any value is written as plain JSON and arrays, and read again;
- `value_forms`: the forms of the values of Python, NumPy and pandas;
- `forest`: a fitted random forest as arrays.

It may import `gansampler.utils`, `tabular`, `gan` and `generation`. Only `save` and
`load` of the estimators and the command line import it.
"""
