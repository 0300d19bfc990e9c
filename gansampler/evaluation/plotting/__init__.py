"""evaluation/plotting."""
