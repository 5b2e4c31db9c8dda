"""Several web processes and workers of one server, which share nothing but PostgreSQL, Redis and a picture folder."""

from contextlib import ExitStack

from tests.postgres import empty_postgres
from tests.redis_server import RedisServer
from tests.server import RunningServer


class Several:
    """`webs` servers and a worker beside the first; use as a context. `redis`: its Redis, which may be stopped. `pictures`:
    their folder."""

    def __init__(self, folder, webs=2, **settings):
        self._stack = ExitStack()
        self._folder = folder
        self._webs = webs
        self._settings = settings
        self.pictures = folder / "pictures"
        self.webs = []

    def __enter__(self):
        self.redis = self._stack.enter_context(RedisServer(self._folder / "redis"))
        shared = {"ARTBOT_DATABASE_URL": empty_postgres(), "ARTBOT_REDIS_URL": self.redis.url, **self._settings}
        workers = ["child"] + ["none"] * (self._webs - 1)
        for number, worker in enumerate(workers):
            server = RunningServer(self._data_dir(number), **{"ARTBOT_WORKER": worker, **shared})
            self.webs.append(self._stack.enter_context(server))
        return self

    def __exit__(self, *error):
        self._stack.close()

    def _data_dir(self, number):
        """A folder of its own, in which that of pictures is everybody's."""
        data_dir = self._folder / f"data-{number}"
        data_dir.mkdir()
        self.pictures.mkdir(exist_ok=True)
        (data_dir / "pictures").symlink_to(self.pictures)
        return data_dir
