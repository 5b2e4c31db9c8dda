"""One job's progress out of two calls that were not made for it."""

import base64

import pytest

from artbot_server.sd.automatic1111.progress import Course, Seen, Turn, read_internal, read_sdapi, with_steps
from artbot_server.sd.base import Progress
from tests.sd.automatic1111.samples import IMAGE


def server(
    progress=0.0, *, job="scripts_txt2img", count=1, no=0, step=0, steps=20, stamp="1", image=None, eta=9.0
) -> dict:
    state = {
        "job": job,
        "job_count": count,
        "job_no": no,
        "sampling_step": step,
        "sampling_steps": steps,
        "job_timestamp": stamp,
    }
    return {"progress": progress, "eta_relative": eta, "state": state, "current_image": image, "textinfo": None}


def task(active=True, progress=0.0, preview=None, preview_id=-1, eta=None) -> dict:
    return {"active": active, "progress": progress, "live_preview": preview, "id_live_preview": preview_id, "eta": eta}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (server(job="", count=0, step=3), Seen("waiting", stamp="1")),
        (server(0.01, count=-1), Seen("running", 0.01, eta_s=9.0, stamp="1")),
        (server(0.26, step=5), Seen("running", 0.26, 5, 20, 9.0, stamp="1")),
        (server(0.51, count=3, no=1, step=10), Seen("running", 0.51, 30, 60, 9.0, stamp="1")),
        (server(0.99, no=1, step=20), Seen("running", 0.99, 20, 20, 9.0, stamp="1")),
        (server(0.3, steps=0), Seen("running", 0.3, eta_s=9.0, stamp="1")),
        (server("x", eta="y", count="z", step=[], steps=None), Seen("running", stamp="1")),
        (server(None, eta=None, stamp=None, step=1), Seen("running", 0.0, 1, 20)),
        (server(0.3, step=5, image=IMAGE), Seen("running", 0.3, 5, 20, 9.0, base64.b64decode(IMAGE), stamp="1")),
    ],
)
def test_reads_the_servers_progress(answer, expected):
    assert read_sdapi(answer) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (task(active=False, progress=None), Seen("waiting")),
        (task(progress=None), Seen("running", 0.0)),
        (task(progress=0.5, eta=3), Seen("running", 0.5, eta_s=3.0)),
        (
            task(progress=0.5, preview=f"data:image/png;base64,{IMAGE}", preview_id=4),
            Seen("running", 0.5, preview=base64.b64decode(IMAGE), preview_id=4),
        ),
        (task(progress=0.5, preview=IMAGE, preview_id=None), Seen("running", 0.5, preview=base64.b64decode(IMAGE))),
        (task(progress=0.5, preview="broken!"), Seen("running", 0.5)),
    ],
)
def test_reads_a_tasks_progress(answer, expected):
    assert read_internal(answer) == expected


@pytest.mark.parametrize("read", [read_internal, read_sdapi])
@pytest.mark.parametrize("answer", [None, [], "x", {}, {"state": []}, {"detail": "Not Found"}])
def test_anything_else_is_no_progress(read, answer):
    with pytest.raises(ValueError, match="no progress"):
        read(answer)


def test_steps_are_borrowed_from_the_server_while_it_is_at_the_same_job():
    own, look = Seen("running", 0.5), Seen("running", 0.51, step=10, steps=20)
    assert with_steps(own, look) == Seen("running", 0.5, 10, 20)
    assert with_steps(own, Seen("running", 0.01, step=0, steps=8)) == own
    assert with_steps(own, Seen("waiting")) == own
    assert with_steps(Seen("waiting"), look) == Seen("waiting")


def test_the_sign_of_life_changes_with_whatever_the_server_does():
    looks = [
        server(job="", count=0),
        server(count=-1, stamp="2"),
        server(0.01, stamp="2"),
        server(0.06, step=1, stamp="2"),
        server(0.51, step=1, no=1, count=2, stamp="2"),
        server(0.01, stamp="3"),
    ]
    signs = [read_sdapi(look).sign for look in looks]
    assert len(set(signs)) == len(looks)
    assert read_sdapi(looks[3]).sign == signs[3]
    own = read_internal(task(active=False))
    assert with_steps(own, read_sdapi(looks[3])).sign != with_steps(own, read_sdapi(looks[4])).sign
    assert Turn(read_sdapi(looks[3])).ours(read_sdapi(looks[3])).sign == signs[3]


def test_an_idle_server_is_ours_next():
    turn = Turn(Seen("waiting"))
    assert turn.certain
    look = Seen("running", 0.3, stamp="2")
    assert turn.ours(look) == look


@pytest.mark.parametrize(
    "change", [Seen("running", 0.01, stamp="2"), Seen("running", 0.01, stamp="1"), Seen("waiting", stamp="1")]
)
def test_others_work_is_waiting_until_the_job_changes(change):
    turn = Turn(Seen("running", 0.2, stamp="1"))
    assert turn.ours(Seen("running", 0.2, stamp="1")) == Seen("waiting")
    assert turn.ours(Seen("running", 0.9, stamp="1", preview=b"theirs")) == Seen("waiting")
    assert turn.ours(change) == change
    later = Seen("running", 0.4, stamp=change.stamp)
    assert turn.ours(later) == later
    assert not turn.certain


def run(*seen: Seen) -> list[Progress]:
    course, told = Course(), []
    for look in seen:
        course.see(look)
        told.append(course.tell())
    return told


def test_progress_starts_at_nothing():
    assert Course().tell() == Progress(0.0)


def test_progress_never_falls():
    told = run(Seen("running", 0.3, 6, 20), Seen("running", 0.1, 2, 20), Seen("waiting"), Seen("running", 0.4, 8, 20))
    assert [(p.fraction, p.step) for p in told] == [(0.3, 6), (0.3, 6), (0.3, 6), (0.4, 8)]


def test_progress_is_not_full_before_the_pictures_are_here():
    assert run(Seen("running", 1.0, 20, 20))[0].fraction == 0.99


def test_an_estimate_is_told_from_a_fifth_on():
    told = run(Seen("running", 0.19, eta_s=99.0), Seen("running", 0.2, eta_s=4.0), Seen("running", 0.9, eta_s=-0.1))
    assert [p.eta_s for p in told] == [None, 4.0, 0.0]


def test_a_preview_is_told_once():
    told = run(
        Seen("running", 0.1, preview=b"a"),
        Seen("running", 0.2),
        Seen("running", 0.3, preview=b"a"),
        Seen("running", 0.3, preview=b"b"),
    )
    assert [p.preview for p in told] == [b"a", None, None, b"b"]


def test_a_preview_waits_until_it_is_told():
    course = Course()
    course.see(Seen("running", 0.1, preview=b"a"))
    course.see(Seen("running", 0.2))
    assert course.tell().preview == b"a"
    assert course.tell().preview is None


def test_steps_stay_known():
    assert [(p.step, p.steps) for p in run(Seen("running", 0.1, 2, 20), Seen("running", 0.2))] == [(2, 20), (2, 20)]
