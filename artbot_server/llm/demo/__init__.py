"""The demo prompt writer: rules instead of a language model, for when there is no key. It says so when asked."""
