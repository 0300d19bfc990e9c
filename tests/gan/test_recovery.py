"""Whether each objective learns two distributions that are known."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from trainings import changed, train

from gansampler import TabularGAN
from gansampler.gan.losses import OBJECTIVES
from gansampler.gan.settings import read_settings
from gansampler.tabular.encoder import RowLayout

LAYOUT = RowLayout(n_scalars=2, block_sizes=())
SHAPES = ["ring", "moon"]

# With its usual penalty the Wasserstein objective is "hinge" to the last digit, because
# no score leaves the margin; so it is tried with its own.
TRAININGS = [(name, "r1_r2") for name in OBJECTIVES if name != "wasserstein"]
TRAININGS += [("wasserstein", "clip"), ("wasserstein", "gradient")]

# How many times as far from fresh rows, by the root of the energy distance, as a
# bootstrap of the same 200 rows. Over four seeds it was 1.0 to 1.4 on the ring and 0.9
# to 1.7 on the moon; after half of the iterations it is more than two on the moon.
BOUNDS = {("ring", "r1_r2"): 1.6, ("moon", "r1_r2"): 2.0}
# On the moon, where a bootstrap is nearest, these two wander: 1.1 to 2.4 with "clip"
# and 1.4 to 1.9 with "gradient".
BOUNDS |= {("ring", "clip"): 1.6, ("moon", "clip"): 2.8}
BOUNDS |= {("ring", "gradient"): 1.6, ("moon", "gradient"): 2.2}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def points(bench):
    """Return 200 rows of each shape, and 2,000 fresh ones."""
    return {
        name: [draw(n, seed).astype(np.float32) for n, seed in [(200, 0), (2000, 100)]]
        for name, draw in bench.recovery.SHAPES.items()
    }


def test__wasserstein__usual_penalty__is_hinge(points):
    rows, _ = points["ring"]
    drawn = []
    for objective in ("hinge", "wasserstein"):
        gan, _ = train(rows, LAYOUT, changed(objective=objective, max_iter=200), seed=0)
        drawn.append(gan.draw(9, seed=0))
    np.testing.assert_allclose(*drawn, rtol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("objective", "penalty"), TRAININGS)
def test__train__known_distribution__recovered(
    objective, penalty, shape, points, bench
):
    recovery = bench.recovery
    rows, fresh = points[shape]
    params = {"objective": objective, "penalty": penalty}
    if objective != "relativistic":  # the default does with 300
        params["max_iter"] = 1000
    if (shape, penalty) == ("ring", "gradient"):
        params["max_iter"] = 600  # it is there by then, and slow
    gan, _ = train(rows, LAYOUT, read_settings(TabularGAN(**params)), seed=0)
    drawn = gan.draw(2000, seed=0)
    assert recovery.times_bootstrap(drawn, rows, fresh) < BOUNDS[shape, penalty]
    if shape == "ring":
        assert recovery.count_modes(drawn) == 8
        nearest = cdist(drawn, recovery.ring_centres()).min(axis=1)
        near = nearest < 3 * 0.1 / 0.7  # three standard deviations
        # Of the real rows 99 % are; between its clusters a GAN leaves a bridge.
        assert near.mean() > 0.6
