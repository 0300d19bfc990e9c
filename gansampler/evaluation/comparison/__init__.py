"""evaluation/comparison."""
