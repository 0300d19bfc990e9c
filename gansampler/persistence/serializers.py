"""Convert each part of a fitted sampler to plain JSON and named arrays, and back.

If you change the attributes of one of these classes, the tests will tell you to change
its form here and the format version in `sampler_file.py`.
"""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import Any

import torch
from sklearn.ensemble import RandomForestClassifier
from torch import nn

from gansampler.gan import ImageGAN, PrivateTabularGAN, TabularGAN
from gansampler.gan.conditioning import AnchorCondition, CategoryCondition, NoCondition
from gansampler.gan.convolutional import ConvolutionalBody
from gansampler.gan.history import History
from gansampler.gan.networks import DenseBody, Generator
from gansampler.gan.trained_gan import TrainedGAN
from gansampler.generation.augmentation import ClassStatistics
from gansampler.generation.class_generator import ClassGenerator
from gansampler.generation.class_probability import ForestClassProbability
from gansampler.generation.constraints import (
    Constraints,
    Expression,
    check_constraints,
)
from gansampler.generation.expression_check import QUOTED
from gansampler.generation.memorization import Copies
from gansampler.generation.rejection import Rejection
from gansampler.generation.row_augmenter import Augmenter
from gansampler.generation.smoothed_bootstrap import SmoothedBootstrap
from gansampler.persistence.forest import StoredForest
from gansampler.persistence.json_codec import (
    Form,
    NoFormError,
    Reader,
    Writer,
    by_attributes,
)
from gansampler.persistence.value_forms import VALUES
from gansampler.tabular.bounded_encoder import BoundedCodec, BoundedEncoder
from gansampler.tabular.classifier_features import TreeFeatures
from gansampler.tabular.column_codecs import (
    CategoricalCodec,
    ConstantCodec,
    ManyCategoriesCodec,
    NumericCodec,
    _AsinhScale,
)
from gansampler.tabular.containers import Container
from gansampler.tabular.encoder import RowLayout, TableEncoder
from gansampler.tabular.image_encoder import ImageEncoder
from gansampler.tabular.number_grid import NumberGrid
from gansampler.tabular.quantile_function import QuantileFunction
from gansampler.tabular.relation_reducer import (
    LookupStep,
    OneHotStep,
    OrderStep,
    RelationReducer,
    SumStep,
)
from gansampler.tabular.relations import (
    Determines,
    MissingTogether,
    OneHotGroup,
    Order,
    Sum,
)
from gansampler.tabular.scalar_twins import Twin, Twins
from gansampler.tabular.schema import ColumnSchema, Kind, TableSchema

HARMLESS = (
    *(ast.Expression, ast.Name, ast.Constant, ast.Load, ast.List, ast.Tuple),
    *(ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop),
    *(ast.BinOp, ast.operator, ast.UnaryOp, ast.unaryop),
)
"""The syntax allowed in expressions, so that no file can execute code. It excludes
attributes and calls, through which pandas' `eval` could reach anything."""

GENERATORS = (TabularGAN, ImageGAN, PrivateTabularGAN)
"""Generators that can be saved. A user's own generator is code."""

FITTED_GAN = (
    "schema_",
    "categorical_features_",
    "encoder_",
    "trained_",
    "history_",
    "n_features_in_",
    "feature_names_in_",
    "_container",
)
"""The attributes of a fitted generator to save, if present."""

MAX_LAYERS = 100
"""Most layers of a network in a file. Each needs about a thousand times the memory of
its entry."""

Payload = dict[str, Any]


def _write_constraints(constraints: Constraints, writer: Writer) -> list[str]:
    texts = []
    for constraint in constraints.entries:
        if not isinstance(constraint, Expression):
            raise NoFormError(
                f"the constraint {constraint.name} is a function, which is code"
            )
        _check_harmless(constraint.text)
        texts.append(constraint.text)
    return texts


def _read_constraints(texts: list[str], reader: Reader) -> Constraints:
    constraints = check_constraints(texts)  # also limits their length
    for text in texts:
        _check_harmless(text)
    return constraints


def _check_harmless(text: str) -> None:
    """Raise a NoFormError if evaluating an expression could execute code."""
    # With these, pandas and this module may disagree on what is quoted.
    odd = [sign for sign in ("\n", "\r", "\f", "\\", "#", "'''", '"""') if sign in text]
    nodes = ast.walk(ast.parse(QUOTED.sub("None", text), mode="eval"))
    odd += [type(node).__name__ for node in nodes if not isinstance(node, HARMLESS)]
    if odd:
        raise NoFormError(
            f"the constraint {text!r} contains {odd[0]!r}, but only comparisons, "
            "arithmetic, and, or and not are safe to evaluate from a file"
        )


def _write_container(container: Container, writer: Writer) -> Payload:
    plain = {
        name: writer.write(value)
        for name, value in vars(container).items()
        if name != "polars_schema"
    }
    if container.polars_schema is not None:
        plain["polars_schema"] = [
            [name, _describe_polars(dtype)]
            for name, dtype in container.polars_schema.items()
        ]
    return plain


def _read_container(payload: Payload, reader: Reader) -> Container:
    schema = payload.pop("polars_schema", None)
    if schema is not None:
        import polars

        columns = {name: _make_polars(dtype) for name, dtype in schema}
        schema = polars.Schema(columns)
    rest = {name: reader.read(value) for name, value in payload.items()}
    return Container(**rest, polars_schema=schema)


def _write_twin(twin: Twin, writer: Writer) -> Payload:
    return {name: writer.write(value) for name, value in vars(twin).items()}


def _read_twin(payload: Payload, reader: Reader) -> Twin:
    return Twin(**{name: reader.read(value) for name, value in payload.items()})


def _describe_polars(dtype: Any) -> list[Any]:
    """Return the name and the arguments of a polars dtype."""
    made_of = {
        "Datetime": ("time_unit", "time_zone"),
        "Duration": ("time_unit",),
        "Decimal": ("precision", "scale"),
    }
    name = type(dtype).__name__
    plain = [name, *(getattr(dtype, part) for part in made_of.get(name, ()))]
    if name == "Enum":
        plain.append(dtype.categories.to_list())
    if _make_polars(plain) != dtype:
        raise NoFormError(f"the polars dtype {dtype}")
    return plain


def _make_polars(payload: list[Any]) -> Any:
    import polars

    name, *rest = payload
    kind = getattr(polars, name)
    # Never call anything else in polars.
    if not (isinstance(kind, type) and issubclass(kind, polars.DataType)):
        raise TypeError(f"{name} is not a polars dtype")
    return kind(*rest)


def _write_generator(generator: Generator, writer: Writer) -> Payload:
    state = generator.state_dict()
    return {
        "body": _describe_body(generator.body),
        "n_latent": generator.n_latent,
        "n_scalars": generator.activation.n_scalars,
        "block_sizes": torch.bincount(generator.activation.block_of_column).tolist(),
        "weights": {
            name: writer.add_array(value.cpu().numpy()) for name, value in state.items()
        },
    }


def _read_generator(payload: Payload, reader: Reader) -> Generator:
    layout = RowLayout(payload["n_scalars"], tuple(payload["block_sizes"]))
    weights = {
        name: torch.from_numpy(reader.arrays[array])
        for name, array in payload["weights"].items()
    }
    # Check before creating anything: a short text may describe a huge network.
    n_weights = sum(weight.numel() for weight in weights.values())
    needed = [_count_weights(payload["body"]), payload["n_latent"], layout.width]
    if max(needed) > n_weights:
        raise ValueError(
            f"the network needs {max(needed)} weights, but there are {n_weights}"
        )
    generator = Generator(_make_body(payload["body"]), payload["n_latent"], layout)
    blocks = generator.activation.block_of_column.clone()
    generator.load_state_dict(weights)
    if not torch.equal(generator.activation.block_of_column, blocks):
        raise ValueError("the blocks of the network do not match its layout")
    return generator.eval().requires_grad_(False)


def _describe_body(body: nn.Module) -> Payload:
    """Return the parameters from which to recreate a network."""
    if type(body) is DenseBody:
        dense = [layer for layer in body.modules() if isinstance(layer, nn.Linear)]
        sizes = [dense[0].in_features, *(layer.out_features for layer in dense)]
        return {"kind": "dense", "sizes": sizes}
    if type(body) is ConvolutionalBody:
        doubling = [m for m in body.modules() if isinstance(m, nn.ConvTranspose2d)]
        n_channels = doubling[-1].out_channels
        return {
            "kind": "convolutional",
            "n_in": body.first.in_features,
            "channels": [layer.in_channels for layer in doubling],
            "image_shape": [body.height, body.width, n_channels],
        }
    raise NoFormError(
        f"the network that the parameter generator created, a {type(body).__name__}, "
        "is your own code"
    )


def _count_weights(payload: Payload) -> int:
    """Return the approximate number of weights of a network before creating it."""
    dense = payload["kind"] == "dense"
    sizes = payload["sizes"] if dense else [payload["n_in"], *payload["channels"]]
    if len(sizes) > MAX_LAYERS or min(sizes) < 1:
        raise ValueError(f"a network must have 1 to {MAX_LAYERS} positive sizes")
    if dense:
        return sum(n_in * n_out for n_in, n_out in pairwise(sizes))
    channels, n_in = payload["channels"], payload["n_in"]
    height, width, n_channels = payload["image_shape"]
    first = n_in * channels[0] * height * width // 4 ** len(channels)
    return first + sum(a * b for a, b in pairwise([*channels, n_channels]))


def _make_body(payload: Payload) -> nn.Module:
    rng = torch.Generator()  # for initial weights, which are replaced
    if payload["kind"] == "dense":
        return DenseBody(payload["sizes"], rng)
    height, width, n_channels = payload["image_shape"]
    shape = (height, width, n_channels)
    return ConvolutionalBody(payload["n_in"], payload["channels"], shape, rng)


def _write_forest(forest: Any, writer: Writer) -> Payload:
    stored = forest if isinstance(forest, StoredForest) else StoredForest.of(forest)
    arrays = stored.arrays.items()
    return {
        "classes": writer.write(stored.classes_),
        "arrays": {name: writer.add_array(array) for name, array in arrays},
    }


def _read_forest(payload: Payload, reader: Reader) -> StoredForest:
    names = payload["arrays"].items()
    arrays = {name: reader.arrays[array] for name, array in names}
    return StoredForest(reader.read(payload["classes"]), arrays)


def _write_tensors(*names: str) -> Any:
    def write(value: Any, writer: Writer) -> Payload:
        return {name: writer.add_array(getattr(value, name).numpy()) for name in names}

    return write


def _read_category(payload: Payload, reader: Reader) -> CategoryCondition:
    condition = CategoryCondition.__new__(CategoryCondition)
    condition.frequencies = torch.from_numpy(reader.arrays[payload["frequencies"]])
    condition.width = len(condition.frequencies)
    return condition


def _read_anchor(payload: Payload, reader: Reader) -> AnchorCondition:
    condition = AnchorCondition.__new__(AnchorCondition)
    condition.rows = torch.from_numpy(reader.arrays[payload["rows"]])
    condition.neighbors = torch.from_numpy(reader.arrays[payload["neighbors"]])
    low, high = condition.neighbors.aminmax()
    if (
        len(condition.neighbors) != len(condition.rows)
        or low < 0
        or high >= len(condition.rows)
    ):
        raise ValueError("the neighbours of a row do not exist")
    condition.width = condition.rows.shape[1]
    return condition


def _write_gan(gan: Any, writer: Writer) -> Payload:
    params = {}
    for name, value in gan.get_params(deep=False).items():
        try:
            params[name] = writer.write(value)
        except NoFormError as error:
            raise NoFormError(f"its parameter {name}: {error}") from error
    fitted = fitted_attributes(gan).items()
    return {
        "params": params,
        "fitted": {name: writer.write(value) for name, value in fitted},
    }


def fitted_attributes(gan: Any) -> dict[str, Any]:
    """Return the attributes of a generator to save."""
    return {name: vars(gan)[name] for name in FITTED_GAN if name in vars(gan)}


def _read_gan(kind: type) -> Any:
    def read(payload: Payload, reader: Reader) -> Any:
        params = payload["params"].items()
        gan = kind(**{name: reader.read(value) for name, value in params})
        for name in FITTED_GAN:
            if name in payload["fitted"]:
                setattr(gan, name, reader.read(payload["fitted"][name]))
        return gan

    return read


FORMS: tuple[Form, ...] = (
    *VALUES,
    Form(Kind, "Kind", lambda kind, _: kind.value, lambda value, _: Kind(value)),
    by_attributes(
        ColumnSchema, "name", "kind", "dtype", "discrete", "decimals", "step"
    ),
    by_attributes(TableSchema, "columns", "relations"),
    by_attributes(Sum, "column", "parts"),
    by_attributes(Determines, "by", "column"),
    by_attributes(OneHotGroup, "columns"),
    by_attributes(Order, "column", "smaller"),
    by_attributes(MissingTogether, "columns"),
    by_attributes(RelationReducer, "schema", "steps_", "free_"),
    by_attributes(SumStep, "relation", "schema"),
    by_attributes(LookupStep, "relation", "known", "values"),
    by_attributes(OneHotStep, "relation", "dtypes"),
    by_attributes(OrderStep, "relation", "schemas", "grid", "absent"),
    by_attributes(RowLayout, "n_scalars", "block_sizes"),
    by_attributes(
        NumberGrid,
        *("column", "low", "high", "origin", "edges", "legal"),
        *("whole_objects", "_limits"),
    ),
    by_attributes(TableEncoder, "schema", "codecs_", "columns_", "layout_", "reducer_"),
    by_attributes(
        BoundedEncoder, "schema", "codecs_", "columns_", "layout_", "reducer_"
    ),
    by_attributes(
        ImageEncoder,
        *("schema", "image_shape", "grids_", "columns_", "layout_"),
        *("center_", "radius_"),
    ),
    by_attributes(ConstantCodec, "value"),
    by_attributes(CategoricalCodec, "values", "n_states"),
    by_attributes(ManyCategoriesCodec, "values", "rare", "shares"),
    by_attributes(
        NumericCodec,
        *("dtype", "grid", "special", "n_states"),
        *("scale_", "quantiles_", "drawn_"),
    ),
    by_attributes(_AsinhScale, "center", "spread", "mean", "std"),
    by_attributes(QuantileFunction, "ranks", "values"),
    by_attributes(BoundedCodec, "dtype", "span", "low", "high"),
    Form(Container, "Container", _write_container, _read_container, shared=True),
    by_attributes(Twins, "by_position"),
    Form(Twin, "Twin", _write_twin, _read_twin),
    Form(Constraints, "Constraints", _write_constraints, _read_constraints),
    by_attributes(
        Augmenter,
        *("augmentation", "fraction", "schema", "image_shape"),
        *("augmentations_", "statistics_"),
    ),
    by_attributes(ClassStatistics, "grids", "means", "image_shape"),
    by_attributes(
        History,
        *("iteration", "critic_loss", "generator_loss", "fidelity"),
        *("best_iteration", "n_iter", "diverged", "epsilon", "delta"),
        *("diversity", "out_of_memory", "total_epsilon", "total_delta"),
    ),
    by_attributes(
        Copies,
        *("n_generated", "n_real", "exact", "near", "usual_exact", "usual_near"),
    ),
    by_attributes(NoCondition, "n_rows"),
    Form(
        CategoryCondition,
        "CategoryCondition",
        _write_tensors("frequencies"),
        _read_category,
    ),
    Form(
        AnchorCondition,
        "AnchorCondition",
        _write_tensors("rows", "neighbors"),
        _read_anchor,
    ),
    Form(Generator, "Generator", _write_generator, _read_generator),
    by_attributes(TrainedGAN, "generator", "condition", "own_networks", "shift"),
    by_attributes(SmoothedBootstrap, "history_", "encoder_", "rows_", "noise_"),
    *(Form(kind, kind.__name__, _write_gan, _read_gan(kind)) for kind in GENERATORS),
    # The first after fitting, the second after loading.
    Form(RandomForestClassifier, "forest", _write_forest, _read_forest),
    Form(StoredForest, "forest", _write_forest, _read_forest),
    by_attributes(TreeFeatures, "schema", "categories_"),
    by_attributes(
        ForestClassProbability,
        *("schema", "features_", "forest_", "classes_", "average_precision_"),
    ),
    by_attributes(Rejection, "estimator", "schema", "class_probability_"),
    by_attributes(
        ClassGenerator,
        *("label", "gan", "_container"),
        *("augmenter", "constraints", "rejection", "n_candidates"),
        "_candidates_per_row",
    ),
)
"""The forms of all parts of a fitted sampler."""
