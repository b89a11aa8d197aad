"""The model layer: where the model is, what can go wrong with it, and what becomes of its replies."""
