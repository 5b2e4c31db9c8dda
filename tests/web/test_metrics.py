import pytest
from prometheus_client.parser import text_string_to_metric_families

from artbot_server.web.metrics import Metrics


@pytest.fixture
def metrics():
    return Metrics()


def figures(metrics):
    families = text_string_to_metric_families(metrics.text().decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_counts_are_told(metrics):
    metrics.frames.inc(3)
    metrics.events.labels("gpt_chat").inc()
    metrics.events.labels("generate").inc(2)
    found = figures(metrics)
    assert found["artbot_frames_total",] == 3
    assert found["artbot_client_events_total", "gpt_chat"] == 1
    assert found["artbot_client_events_total", "generate"] == 2


def test_a_watched_figure_is_read_when_somebody_looks(metrics):
    sockets = []
    metrics.watch("artbot_sockets", "Sockets connected", lambda: len(sockets))
    assert figures(metrics)["artbot_sockets",] == 0
    sockets += [1, 2]
    assert figures(metrics)["artbot_sockets",] == 2


def test_the_worst_delay_is_kept_beside_the_last(metrics):
    for seconds in (0.01, 0.5, 0.02):
        metrics.lagged(seconds)
    found = figures(metrics)
    assert (found["artbot_loop_lag_seconds",], found["artbot_loop_lag_max_seconds",]) == (0.02, 0.5)


def test_two_servers_in_one_process_count_apart(metrics):
    other = Metrics()
    metrics.frames.inc()
    other.lagged(1.0)
    assert figures(other)["artbot_frames_total",] == 0
    assert figures(metrics)["artbot_loop_lag_max_seconds",] == 0


def test_all_figures_carry_our_name(metrics):
    assert all(name.startswith("artbot_") for name, *_ in figures(metrics))
