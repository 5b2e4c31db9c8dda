"""What the settings decide for both kinds of process: demo or real, how callbacks go, where pictures are. The only place for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from artbot_server.callbacks.rules import CallbackRules
from artbot_server.config import Settings
from artbot_server.errors import BadRequest, ConfigError
from artbot_server.llm.base import Engine
from artbot_server.llm.openai_api import OpenAIEngine
from artbot_server.llm.pump import Pump
from artbot_server.painting.backend_addresses import DEMO_NAME, BackendAddress, read_addresses
from artbot_server.patching import patched_for, real_epoll
from artbot_server.sd.base import Backend

if TYPE_CHECKING:  # the library half needs no database
    from artbot_server.storage.picture_files import PictureFiles
    from artbot_server.storage.sessions import Signer

OPENAI_URL = "https://api.openai.com/v1"
DEMO_PIECE_S = 0.03
DEMO_JOB_S = 4.0


def choose_engine(settings: Settings) -> tuple[Engine, Callable[[str | None], Engine]]:
    """The engine of this server, and the one for a request: a caller's own key always goes to a real one."""
    epoll = real_epoll() if patched_for() != "threading" else None
    real = OpenAIEngine(
        base_url=settings.openai_base_url or OPENAI_URL,
        key=settings.openai_api_key or None,
        models=settings.models,
        pump=Pump(epoll) if epoll else None,
    )
    real.client()  # three quarters of a second of imports, which would hold the loop at the first message
    if settings.openai_api_key or settings.openai_base_url:
        return real, lambda _key: real
    from artbot_server.llm.demo.engine import DemoEngine

    demo = DemoEngine(pace_s=DEMO_PIECE_S * settings.demo_pace)
    return demo, lambda key: real if key else demo


def choose_addresses(settings: Settings) -> tuple[BackendAddress, ...]:
    """The addresses of `ARTBOT_SD_URL`, or the demo painter's."""
    return read_addresses(settings.sd_urls or ("demo:",))


def choose_backends(settings: Settings) -> list[Backend]:
    """The backends of a worker, in the order of their addresses."""
    return [_backend(address, settings) for address in choose_addresses(settings)]


def _backend(address: BackendAddress, settings: Settings) -> Backend:
    if address.is_demo:
        return demo_painter(seconds=DEMO_JOB_S * settings.demo_pace, name=address.name)
    from artbot_server.sd.automatic1111 import Automatic1111

    bounds = {"stall_s": settings.sd_stall_s, "limit_s": settings.sd_limit_s}
    return Automatic1111(url=address.url, auth=settings.sd_auth or None, name=address.name, **bounds)


def automatic1111(url: str, *, auth: str | None = None, name: str | None = None) -> Backend:
    """A Stable Diffusion web UI as a backend; nothing is asked of it yet.

    Args:
        url: where it answers, e.g. `http://127.0.0.1:7860`; it has to be started with --api.
        auth: `user:pass` of its --api-auth.
        name: what people call it; host and port where not given.

    Raises:
        BadRequest: `url` is none.
    """
    from artbot_server.sd.automatic1111 import Automatic1111

    if not url.startswith(("http://", "https://")):
        raise BadRequest(f"{url[:80]!r} is no address of a web UI.", field="url", allowed="http://host:port")
    return Automatic1111(url=url, auth=auth, name=name)


def demo_painter(*, seconds: float = DEMO_JOB_S, name: str = DEMO_NAME) -> Backend:
    """The painter that needs nothing: illustrations of a prompt's nouns, in this process. `seconds`: how long a job
    takes; 0 for as fast as it goes."""
    from artbot_server.sd.demo.backend import DemoBackend

    return DemoBackend(name, seconds=seconds)


def choose_picture_files(settings: Settings) -> PictureFiles:
    """The folder of pictures in the data folder, or the bucket of `ARTBOT_PICTURES`.

    Raises:
        ConfigError: the bucket cannot be used, or its package is missing.
    """
    if not settings.pictures:
        from artbot_server.storage.picture_files import FolderFiles

        return FolderFiles(settings.data_dir / "pictures")
    try:
        from artbot_server.storage.s3_files import S3Files
    except ImportError as error:
        raise ConfigError(
            "ARTBOT_PICTURES wants a package that is missing: pip install 'artbot-server[s3]'."
        ) from error
    return S3Files(settings.pictures, settings.pictures_endpoint)


def callback_rules(settings: Settings) -> CallbackRules:
    """Where callbacks may go."""
    return CallbackRules(settings.callback_allow, settings.callback_url)


def callback_secret(settings: Settings, signer: Signer) -> str:
    """What callbacks are signed with: the operator's, or one made from the server's own secret."""
    return settings.callback_secret or signer.signature("made", "callback")
