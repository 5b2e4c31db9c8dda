"""The demo painter: composes illustrations of a prompt's nouns, without Stable Diffusion."""
