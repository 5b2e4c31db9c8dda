"""Stable Diffusion web UI (AUTOMATIC1111 1.10.1, and Forge) as a backend, over its HTTP API.

Nothing a 200 says is believed before it is checked: names and numbers against the server's own lists before the call,
the pictures and what is written about them afterwards. "Trap 5" and the like: docs/automatic1111.md.
"""

from artbot_server.sd.automatic1111.backend import Automatic1111

__all__ = ["Automatic1111"]
