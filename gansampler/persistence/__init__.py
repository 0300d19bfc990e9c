"""Fitted samplers and generators as files from which nothing is executed.

- `sampler_file`: what is written, what is refused, what is checked on loading;
- `serializers`: each part of a fitted estimator as JSON and arrays, and back;
- `json_codec`: Python, NumPy and pandas values as plain JSON and arrays, and back;
- `forest`: a fitted random forest as arrays.

It may import `gansampler.utils`, `tabular`, `gan` and `generation`. Only `save` and
`load` of the estimators and the command line import it.
"""
