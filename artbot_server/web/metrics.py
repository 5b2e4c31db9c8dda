"""The figures for whoever runs it, in Prometheus' form. Counts only; no names, prompts or addresses."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class Metrics:
    """One registry for each server, so that several can live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.frames = Counter("artbot_frames", "Frames sent to sockets", registry=self.registry)
        self.events = Counter("artbot_client_events", "Events received", ["event"], registry=self.registry)
        self.cut = Counter("artbot_sockets_cut", "Sockets closed for reading too slowly", registry=self.registry)
        self.worker_starts = Counter("artbot_worker_starts", "Times the worker was started", registry=self.registry)
        self.loop_lag = Gauge("artbot_loop_lag_seconds", "How late the loop last woke", registry=self.registry)
        self.loop_lag_max = Gauge("artbot_loop_lag_max_seconds", "The latest it ever woke", registry=self.registry)

    def watch(self, name: str, about: str, value: Callable[[], float]) -> None:
        """A figure that is read when somebody looks."""
        Gauge(name, about, registry=self.registry).set_function(value)

    def lagged(self, seconds: float) -> None:
        """The loop woke this much too late."""
        self.loop_lag.set(seconds)
        if seconds > self._longest:
            self._longest = seconds
            self.loop_lag_max.set(seconds)

    _longest = 0.0

    def text(self) -> bytes:
        """Everything, in the exposition format."""
        return generate_latest(self.registry)
