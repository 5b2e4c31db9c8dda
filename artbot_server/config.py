"""All settings: one frozen record, read once from the environment and `.env`. The only reader of the environment.

A wrong value raises ConfigError with one sentence that names the setting. docs/configuration.md has the same table;
a test keeps the two together.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

from artbot_server.callbacks.places import Place, parse_place
from artbot_server.callbacks.rules import read_url
from artbot_server.errors import BadRequest, ConfigError
from artbot_server.painting.backend_addresses import read_addresses

CHECKOUT = Path(__file__).resolve().parent.parent
PROJECT_ROOT = CHECKOUT if (CHECKOUT / "static").is_dir() else Path.cwd()
"""Where static/, sd_templates/, data/ and .env are by default: the checkout, or the folder one stands in."""
ASYNC_MODES = ("eventlet", "gevent", "threading")
PREFIX = re.compile(r"(/(?!\.\.?(/|$))[A-Za-z0-9._~-]+)+")
"""A path below which a server may live."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _setting(env: str, default: Any, about: str, parse: Callable[[str], Any]) -> Any:
    metadata = {"env": env, "about": about, "parse": parse, "default": default}
    if isinstance(default, (list, dict)):
        raise TypeError(f"{env}: defaults are immutable")
    return field(default=default, metadata=metadata)


def _text(raw: str) -> str:
    return raw


def _list(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.replace("\n", ",").split(",") if part.strip())


def _path(raw: str) -> Path:
    return Path(raw).expanduser().resolve()


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        try:
            value = int(raw)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return parse


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(raw: str) -> float:
        try:
            value = float(raw)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return value

    return parse


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in allowed:
            raise ValueError("one of " + ", ".join(allowed))
        return raw

    return parse


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError("an address such as " + " or ".join(f"{scheme}://host:port" for scheme in schemes))
        return raw.rstrip("/")

    return parse


def _backends(raw: str) -> tuple[str, ...]:
    parts = _list(raw)
    read_addresses(parts)
    return parts


def _origins(raw: str) -> tuple[str, ...]:
    parts = _list(raw)
    for part in parts:
        url = urlsplit(part)
        if part != "*" and (url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/")):
            raise ValueError("origins such as https://example.com, separated by commas, or *")
    return tuple(part.rstrip("/") for part in parts)


def _networks(raw: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part, strict=False) for part in _list(raw))
    except ValueError:
        raise ValueError("addresses or networks such as 10.0.0.0/8, separated by commas") from None


def _bucket(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError("a bucket such as s3://name or s3://name/prefix")
    return raw


def _places(raw: str) -> tuple[Place, ...]:
    return tuple(parse_place(part) for part in _list(raw))


def _prefix(raw: str) -> str:
    path = raw.rstrip("/")
    if path and not PREFIX.fullmatch(path):
        raise ValueError("a path such as /art")
    return path


def _receiver(raw: str) -> str:
    try:
        read_url(raw)
    except BadRequest:
        raise ValueError("an address such as https://host/path, without a password") from None
    return raw


def _auth(raw: str) -> str:
    if ":" not in raw:
        raise ValueError("user:password")
    return raw


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be set. Keys and passwords never show in its repr."""

    host: str = _setting("ARTBOT_HOST", "127.0.0.1", "address to listen on", _text)
    port: int = _setting("ARTBOT_PORT", 5001, "port to listen on; 0 picks a free one", _whole(0, 65535))
    data_dir: Path = _setting("ARTBOT_DATA_DIR", PROJECT_ROOT / "data", "folder for the database and pictures", _path)
    templates_dir: Path = _setting(
        "ARTBOT_TEMPLATES_DIR", PROJECT_ROOT / "sd_templates", "folder of the template folders", _path
    )
    static_dir: Path = _setting("ARTBOT_STATIC_DIR", PROJECT_ROOT / "static", "folder of the page", _path)
    database_url: str = _setting(
        "ARTBOT_DATABASE_URL",
        "",
        "sqlite:///path or postgresql://user@host/name; empty: artbot.db in the data folder",
        _text,
    )
    redis_url: str = _setting(
        "ARTBOT_REDIS_URL", "", "where several web processes and workers meet; empty: all are on this machine",
        _url("redis", "rediss"),
    )  # fmt: skip
    async_mode: str = _setting("ARTBOT_ASYNC_MODE", "eventlet", "how the web process waits", _one_of(*ASYNC_MODES))
    openai_api_key: str = _setting("OPENAI_API_KEY", "", "key of the model's server", _text)
    openai_base_url: str = _setting(
        "OPENAI_BASE_URL", "", "address of an OpenAI-compatible server, with its /v1", _url("http", "https")
    )
    models: tuple[str, ...] = _setting(
        "ARTBOT_MODELS", (), "models that may be asked for, the default first; empty: any", _list
    )
    sd_urls: tuple[str, ...] = _setting(
        "ARTBOT_SD_URL",
        (),
        "painters: http://host:7860#name=big&weight=2 (A1111) or demo:, several by commas",
        _backends,
    )
    sd_auth: str = _setting("ARTBOT_SD_AUTH", "", "user:password of the Stable Diffusion servers", _auth)
    sd_stall_s: float = _setting(
        "ARTBOT_SD_STALL_S", 180.0, "seconds without progress after which a painter counts as hung", _number(1, 86_400)
    )
    sd_limit_s: float = _setting("ARTBOT_SD_LIMIT_S", 1800.0, "seconds a job may take at most", _number(1, 604_800))
    access_key: str = _setting(
        "ARTBOT_ACCESS_KEY", "", "key to use the server; empty: none on loopback, made at start elsewhere", _text
    )
    operator_key: str = _setting(
        "ARTBOT_OPERATOR_KEY", "", "key of whoever runs it; empty: operator's routes on loopback only", _text
    )
    allowed_origins: tuple[str, ...] = _setting(
        "ARTBOT_ALLOWED_ORIGINS", (), "other origins whose pages may connect, by commas, or *", _origins
    )
    trusted_proxies: tuple[Network, ...] = _setting(
        "ARTBOT_TRUSTED_PROXIES", (), "addresses of proxies whose X-Forwarded headers are believed", _networks
    )
    queue_limit: int = _setting("ARTBOT_QUEUE_LIMIT", 100, "jobs one session may have waiting", _whole(1, 100_000))
    chat_limit: int = _setting(
        "ARTBOT_CHAT_LIMIT", 20, "messages a minute for one session (article's form: address); 0: no limit",
        _whole(0, 100_000),
    )  # fmt: skip
    prefix: str = _setting("ARTBOT_PREFIX", "", "path below which a proxy or a host has this server", _prefix)
    public_url: str = _setting(
        "ARTBOT_PUBLIC_URL", "", "where others reach this server; empty: where it listens", _url("http", "https")
    )
    callback_url: str = _setting(
        "ARTBOT_CALLBACK_URL", "", "where the end of a job is told that names no callback_url", _receiver
    )
    callback_allow: tuple[Place, ...] = _setting(
        "ARTBOT_CALLBACK_ALLOW", (), "where callers may have the end of a job told; empty: nowhere", _places
    )
    callback_secret: str = _setting(
        "ARTBOT_CALLBACK_SECRET", "", "what callbacks are signed with; empty: one that the server makes", _text
    )
    callback_images: str = _setting(
        "ARTBOT_CALLBACK_IMAGES", "url", "pictures in a callback: url or base64", _one_of("url", "base64")
    )
    worker: str = _setting(
        "ARTBOT_WORKER", "child", "child: start and watch one worker; none: workers run elsewhere",
        _one_of("child", "none"),
    )  # fmt: skip
    save_dir: Path | None = _setting(
        "ARTBOT_SAVE_DIR", None, "folder in which batches are saved on request; empty: none is", _path
    )
    pictures: str = _setting(
        "ARTBOT_PICTURES", "", "s3://bucket/prefix for the files of pictures; empty: in the data folder", _bucket
    )
    pictures_endpoint: str = _setting(
        "ARTBOT_PICTURES_ENDPOINT", "", "address of an S3-compatible store; empty: Amazon's", _url("http", "https")
    )
    lease_s: float = _setting(
        "ARTBOT_LEASE_S", 20.0, "seconds after which a silent worker's job is given to another", _number(1, 600)
    )
    demo_pace: float = _setting(
        "ARTBOT_DEMO_PACE", 1.0, "how slow the demo engines are: 1 natural, 0 at once", _number(0, 10)
    )
    log_level: str = _setting(
        "ARTBOT_LOG_LEVEL", "info", "least level that is logged", _one_of("debug", "info", "warning", "error")
    )

    def __repr__(self) -> str:
        secret = {"openai_api_key", "sd_auth", "access_key", "operator_key", "database_url", "sd_urls", "redis_url"}
        secret |= {"callback_secret", "callback_url"}
        shown = (f.name + "=" + ("…" if f.name in secret else repr(getattr(self, f.name))) for f in fields(self))
        return "Settings(" + ", ".join(shown) + ")"

    @property
    def database(self) -> str:
        """The database's address with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'artbot.db'}"


def load_settings(environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """Read `.env` (beside the project unless given), then the environment over it.

    Raises:
        ConfigError: a value is wrong; the sentence names the setting.
    """
    file = env_file if env_file is not None else PROJECT_ROOT / ".env"
    merged: dict[str, str | None] = dict(dotenv_values(file, interpolate=False)) if file.is_file() else {}
    merged.update(os.environ if environ is None else environ)
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        raw = (merged.get(setting.metadata["env"]) or "").strip()
        if raw:
            try:
                values[setting.name] = setting.metadata["parse"](raw)
            except ValueError as error:
                raise ConfigError(f"{setting.metadata['env']} must be {error}.") from None
    return Settings(**values)


def environment_of(settings: Settings) -> dict[str, str]:
    """This process's environment with every setting as it is here: for a child that shall have the same.

    It finds this package too, when `run.py` was started from elsewhere and nothing is installed.
    """
    set_here = {one.metadata["env"]: getattr(settings, one.name) for one in fields(Settings)}
    found_in = os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH")]))
    return dict(os.environ) | {name: _written(value) for name, value in set_here.items()} | {"PYTHONPATH": found_in}


def _written(value: Any) -> str:
    if value is None:
        return ""
    return ",".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
