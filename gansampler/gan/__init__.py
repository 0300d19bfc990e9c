"""Generators, which learn the rows of a table and generate more. START HERE.

`tabular_gan`, `image_gan` and `private_gan` each contain one generator that users see.
`base_gan` is their base class, and `protocol` defines what any generator must do,
including those of other packages. From the outside in, a training consists of:

- `training` is the training loop, for one class or several at once. `class_training` is
  the state of each class, and `class_rows` its input. `monitor` measures progress.
  `private_training` is the loop with differential privacy, with the noise of
  `secret_noise`;
- several classes are stacked into one network by `stacked_networks`, `joint_rows` and
  `joint_condition`;
- `architecture` creates the networks from `networks` or `convolutional`.
  `row_activation` turns their outputs into encoded rows;
- `losses` and `penalties`, with `conditioning` and `auxiliary_classifier`, define what
  they minimise. `critic_gradients` and `generator_gradients` differentiate it, with
  `dense_arithmetic`, and `optim` updates the weights;
- `trained_gan` is the result, and `history` the training history. `callbacks` and
  `diagnostics` inform the user;
- `settings` checks the parameters, and `parameter_docs` documents those that generators
  share. `sampling` draws any number of rows. `torch_state` isolates torch's global
  state.

It may import `gansampler.utils` and `gansampler.tabular`. Importing it does not import
torch, which is imported when a training begins.
"""

from gansampler.gan.image_gan import ImageGAN
from gansampler.gan.private_gan import PrivateTabularGAN
from gansampler.gan.tabular_gan import TabularGAN

__all__ = ["ImageGAN", "PrivateTabularGAN", "TabularGAN"]
