"""Engines: what writes replies. `base` is the shape; nothing here knows sessions, sockets or pictures."""
