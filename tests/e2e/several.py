"""Several web processes and workers of one server, which share nothing but PostgreSQL, Redis and a picture folder."""

from contextlib import ExitStack

from tests.postgres import empty_postgres
from tests.redis_server import RedisServer
from tests.server import RunningServer


class Several:
    """`webs` servers and a worker beside the first; use as a context. `redis`: its Redis, which may be stopped."""

    def __init__(self, folder, webs=2, **settings):
        self._stack = ExitStack()
        self._folder = folder
        self._webs = webs
        self._settings = settings

    def __enter__(self):
        self.redis = self._stack.enter_context(RedisServer(self._folder / "redis"))
        shared = {"ARTBOT_DATABASE_URL": empty_postgres(), "ARTBOT_REDIS_URL": self.redis.url, **self._settings}
        workers = ["child"] + ["none"] * (self._webs - 1)
        servers = [RunningServer(self._folder / "data", **{"ARTBOT_WORKER": worker, **shared}) for worker in workers]
        self.webs = [self._stack.enter_context(server) for server in servers]
        return self

    def __exit__(self, *error):
        self._stack.close()
