"""The commands of `artbot` beside serve and worker: one module each, with `add_to` for its arguments.

Imported only when a command line is read; each module imports what paints when it runs, so that help answers at once.
"""

FAILED = 1
"""Exit code of a command that could not do it, or not all of it."""
INTERRUPTED = 130
"""What a shell gives for a command that Ctrl-C ended."""
