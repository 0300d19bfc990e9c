"""Generators: what learns the rows of a table, and makes more of them. START HERE.

`tabular_gan`, `image_gan` and `private_gan` each hold one generator, which is what
users see; `base_gan` is what they share, and `protocol` says what any generator must
do, also one that is not made here. What happens in a training, from the outside in:

- `training` is the loop, of one class or of several at once; `class_training` is what
  belongs to each, of which `class_rows` is what is given, with `monitor`, which
  measures how far it is; `private_training` is the same with differential privacy,
  whose noise comes from `secret_noise`;
- several classes are one stack of networks: `stacked_networks`, `joint_rows` and
  `joint_condition`;
- `architecture` makes the networks: those of `networks` or of `convolutional`, whose
  outputs `row_activation` turns into encoded rows;
- `losses` and `penalties` are what they minimise, with `conditioning` and
  `auxiliary_classifier`; `critic_gradients` differentiates it, and `optim` moves the
  weights;
- `trained_gan` is what remains, and `history` the record; `callbacks` and `diagnostics`
  tell the user;
- `settings` checks the parameters, and `parameter_docs` describes those that generators
  share; `sampling` draws any number of rows; `torch_state` leaves torch as it was.

It may import `gansampler.utils` and `gansampler.tabular`. Importing it does not import
torch: what needs torch is imported where a training begins.
"""

from gansampler.gan.image_gan import ImageGAN
from gansampler.gan.private_gan import PrivateTabularGAN
from gansampler.gan.tabular_gan import TabularGAN

__all__ = ["ImageGAN", "PrivateTabularGAN", "TabularGAN"]
