"""Backends: what paints pictures. `base` is the shape; nothing here knows sessions, sockets or the database."""
