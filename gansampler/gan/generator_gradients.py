"""Generated rows and the gradients of their generator: by autograd, or explicit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from gansampler.gan.dense_arithmetic import add_product, affine, leak_
from gansampler.gan.networks import LEAK, DenseBody, Generator
from gansampler.gan.row_activation import (
    TEMPERATURE,
    BlockActivation,
    block_softmax_,
    block_sums,
)
from gansampler.gan.settings import TrainingSettings

EPSILON = 1e-5
"""Added to variances by layer normalisation, torch's default."""


class GeneratedRows:
    """Rows of any generator, which can be differentiated by autograd.

    Parameters
    ----------
    generator : Generator
        The generator.

    is_asked : bool
        Whether to penalise a generator that ignores the condition.

    latent : Tensor of shape (batch, n_latent)
        The latent vectors.

    condition : Tensor of shape (batch, n_condition)
        The condition of each row.

    rngs : sequence of torch.Generator
        The source of randomness of each class.

    Attributes
    ----------
    rows : Tensor of shape (batch, width)
        The rows, detached from their graph.
    """

    def __init__(
        self,
        generator: Generator,
        is_asked: bool,
        latent: Tensor,
        condition: Tensor,
        rngs: Sequence[torch.Generator],
    ) -> None:
        self.activation: BlockActivation = generator.activation
        self.is_asked = is_asked
        self.condition = condition
        self.logits = self._run(generator, latent)
        self.rows = self._soften(rngs)

    def _run(self, generator: Generator, latent: Tensor) -> Tensor:
        """Return the generator's output, (batch, width)."""
        return generator(latent, self.condition)

    def _soften(self, rngs: Sequence[torch.Generator]) -> Tensor:
        """Return the rows, with a Gumbel-softmax in each block."""
        self._differentiable = self.activation.soft(self.logits, *rngs)
        return self._differentiable.detach()

    def add_gradients(self, by_rows: Tensor) -> None:
        """Add the gradients of the generator's losses to those of its weights.

        Parameters
        ----------
        by_rows : Tensor of shape (batch, width)
            The derivatives of the losses through the critic with respect to the rows.
        """
        # A loss with that gradient, because passing a gradient makes torch import
        # sympy.
        loss = (by_rows * self._differentiable).sum()
        if self.is_asked:
            loss = loss + self.condition_loss().sum()
        loss.backward()

    def condition_loss(self) -> Tensor:
        """Return the loss of ignoring the condition, one for each of several classes.

        It is zero if no category is asked for.
        """
        if not self.is_asked:
            return self.logits.new_zeros(())
        return self.activation.cross_entropy(self.logits, self.condition)


class DenseRows(GeneratedRows):
    r"""Rows of a dense generator, differentiated explicitly.

    With layers this small, autograd's bookkeeping takes longer than the arithmetic. If
    :math:`p` is the softmax of a block's noisy logits :math:`z / T`, and :math:`g` are
    the derivatives with respect to :math:`p`, those with respect to :math:`z` are
    :math:`p (g - \sum p g) / T`. Those of the cross-entropy of a category that was
    asked for are the softmax of the plain logits, less one at this category.
    """

    body: Any

    @torch.no_grad()
    def _run(self, generator: Generator, latent: Tensor) -> Tensor:
        """Return the generator's output, (batch, width)."""
        self.body = generator.body
        self.inputs = [torch.cat([latent, self.condition], dim=-1)]  # of each layer
        self.norms: list[_Norm] = []
        for linear, norm, _ in self.body.layers:
            summed = affine(self.inputs[-1], linear.weight, linear.bias)
            self.norms.append(_Norm(summed, norm.weight, norm.bias))
            outputs = functional.leaky_relu_(self.norms[-1].outputs, LEAK)
            self.inputs.append(outputs)
        return affine(self.inputs[-1], self.body.last.weight, self.body.last.bias)

    @torch.no_grad()
    def _soften(self, rngs: Sequence[torch.Generator]) -> Tensor:
        """Return the rows, with a Gumbel-softmax in each block."""
        activation = self.activation
        if not activation.n_blocks:
            return self.logits
        columns = activation.columns(self.logits)  # (sum of block sizes, batch)
        noise = activation.noise(self.logits.shape[-2], *rngs)
        parts = [(columns + noise).div_(TEMPERATURE)]
        block, n_blocks = activation.block_of_column, activation.n_blocks
        if self.is_asked:  # both softmaxes at once
            parts.append(columns)
            block, n_blocks = torch.cat([block, block + n_blocks]), 2 * n_blocks
        shares = block_softmax_(torch.cat(parts), block, n_blocks)
        self.soft, *self.plain = shares.split(len(columns))
        return activation.merge(self.logits, self.soft)

    @torch.no_grad()
    def add_gradients(self, by_rows: Tensor) -> None:
        """Add the gradients of the generator's losses to those of its weights."""
        gradient, linear = self._by_logits(by_rows), self.body.last
        _add_linear(linear, gradient, self.inputs[-1])
        for k in reversed(range(len(self.norms))):
            gradient = gradient @ linear.weight
            linear, norm, _ = self.body.layers[k]
            leak_(gradient, self.inputs[k + 1])
            gradient = self.norms[k].add_gradients(
                gradient, norm.weight.grad, norm.bias.grad
            )
            _add_linear(linear, gradient, self.inputs[k])

    def _by_logits(self, by_rows: Tensor) -> Tensor:
        """Differentiate the losses with respect to the logits, (batch, width)."""
        activation = self.activation
        if not activation.n_blocks:
            return by_rows
        block, n_blocks = activation.block_of_column, activation.n_blocks
        by_logits = activation.columns(by_rows) * self.soft
        sums = block_sums(by_logits, block, n_blocks).index_select(0, block)
        by_logits.addcmul_(self.soft, sums, value=-1).div_(TEMPERATURE)
        for plain in self.plain:
            told = activation.told(self.condition)
            in_block = block_sums(told, block, n_blocks).index_select(0, block)
            by_told = torch.addcmul(told, plain, in_block, value=-1)
            by_logits.sub_(by_told, alpha=1 / told.shape[1])
        return activation.merge(by_rows, by_logits)


def _add_linear(layer: Any, gradient: Tensor, inputs: Tensor) -> None:
    """Add the gradients of a linear layer, given those of its outputs."""
    add_product(layer.weight.grad, gradient.mT, inputs)
    layer.bias.grad.add_(gradient.sum(dim=-2))


class _Norm:
    """Layer normalisation of one class or, with a leading dimension, of several."""

    def __init__(self, inputs: Tensor, scale: Tensor, shift: Tensor) -> None:
        self.inputs, self.scale, self.shift = inputs, scale, shift
        self.shape = inputs.shape[-1:]
        if scale.dim() == 1:
            self.outputs, *self.moments = torch.native_layer_norm(
                inputs, self.shape, scale, shift, EPSILON
            )
        else:
            self.normal, *self.moments = torch.native_layer_norm(
                inputs, self.shape, None, None, EPSILON
            )
            self.outputs = torch.addcmul(shift[:, None], self.normal, scale[:, None])

    def add_gradients(self, gradient: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        """Add to the gradients of scale and shift, and return that of the inputs."""
        if self.scale.dim() == 1:
            gradient, by_scale, by_shift = self._backward(
                gradient, self.scale, self.shift
            )
        else:
            by_scale = (gradient * self.normal).sum(dim=-2)
            by_shift = gradient.sum(dim=-2)
            gradient = self._backward(gradient * self.scale[:, None], None, None)[0]
        scale.add_(by_scale)
        shift.add_(by_shift)
        return gradient

    def _backward(
        self, gradient: Tensor, scale: Tensor | None, shift: Tensor | None
    ) -> Sequence[Tensor]:
        wanted = [True, scale is not None, shift is not None]
        return torch.ops.aten.native_layer_norm_backward(
            gradient, self.inputs, self.shape, *self.moments, scale, shift, wanted
        )


Generate = Callable[[Tensor, Tensor, Sequence[torch.Generator]], GeneratedRows]
"""Turns latent vectors and conditions into rows."""


def make_generate(generator: Generator, settings: TrainingSettings) -> Generate:
    """Choose the cheapest way to generate rows that can be differentiated.

    Parameters
    ----------
    generator : Generator
        The generator.

    settings : TrainingSettings
        The settings, which define the losses.

    Returns
    -------
    generate : callable
        Generates rows: explicit gradients for a plain dense generator, autograd for all
        others.
    """
    is_plain = isinstance(generator.body, DenseBody) and not settings.spectral_norm
    kind = DenseRows if is_plain else GeneratedRows
    is_asked = settings.condition == "category" and generator.activation.n_blocks > 0
    return partial(kind, generator, is_asked)
