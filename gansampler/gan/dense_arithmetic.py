"""The arithmetic of dense layers and of their gradients, for the explicit gradients.

Each function takes tensors of one class or, with a leading dimension, of a stack of
classes. Gradients are added in place, because memory costs more than arithmetic.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from gansampler.gan.networks import LEAK


def affine(inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Apply a linear layer to inputs of shape (batch, n_in)."""
    # Not by calling the module, which takes as long as a small product.
    if weight.dim() == 2:
        return functional.linear(inputs, weight, bias)
    return torch.baddbmm(bias[:, None], inputs, weight.mT)


def add_product(total: Tensor, left: Tensor, right: Tensor) -> None:
    """Add a matrix product to `total`."""
    if total.dim() == 2:
        total.addmm_(left, right)
    else:
        total.baddbmm_(left, right)


def add_weighted_sum(total: Tensor, rows: Tensor, weights: Tensor) -> None:
    """Add a weighted sum of rows, (batch, n), to `total`, (n,)."""
    if total.dim() == 1:
        total.addmv_(rows.T, weights)
    else:
        total[:, None].baddbmm_(weights[:, None], rows)


def leak(gradient: Tensor, output: Tensor) -> Tensor:
    """Return the gradient before LeakyReLU, whose output has the sign of its input."""
    return torch.ops.aten.leaky_relu_backward(gradient, output, LEAK, True)


def leak_(gradient: Tensor, output: Tensor) -> Tensor:
    """Do the same in place."""
    return torch.ops.aten.leaky_relu_backward.grad_input(
        gradient, output, LEAK, True, grad_input=gradient
    )
