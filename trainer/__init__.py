"""The bundled trainer: a small neural network that learns handwritten digits."""
