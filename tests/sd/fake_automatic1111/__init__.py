"""A web UI that behaves as the recorded one, over real HTTP, without a model: see `server.FakeAutomatic1111`."""

from tests.sd.fake_automatic1111.server import FakeAutomatic1111

__all__ = ["FakeAutomatic1111"]
