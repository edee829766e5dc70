"""Results as Jupyter shows them."""
