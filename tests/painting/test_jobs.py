import pytest

from artbot_server.painting.jobs import ENDED, MOVES, UNFINISHED, Job, JobState, job_json, move

DONE_JOB = Job(
    id="j1",
    session_id="anna",
    folder="plain",
    template="cat",
    mode="txt2img",
    prompt="a cat",
    fields={"prompt": "a cat, best quality"},
    width=64,
    height=48,
    count=2,
    state=JobState.DONE,
    substituted=[{"field": "width", "asked": 65, "got": 64}],
    progress=1.0,
)

DOCUMENTED = (
    "job_id, state, seq, attempt, backend, failed_on, error, substituted, conversation_id, reply_id, client_sid, folder, "
    "template, mode, prompt, negative_prompt, overrides, image_id, width, height, count, position, eta_s, progress, "
    "step, steps, created_at, started_at, ended_at, batch_id, label, place, images, grid"
)


@pytest.mark.parametrize(
    ("state", "to"),
    [
        ("queued", "running"),
        ("queued", "cancelled"),
        ("running", "queued"),
        ("running", "done"),
        ("running", "failed"),
        ("running", "cancelled"),
    ],
)
def test_legal_moves(state, to):
    assert move(JobState(state), JobState(to)) == to


def test_every_other_move_is_refused_with_both_states():
    legal = {(state, to) for state, moves in MOVES.items() for to in moves}
    illegal = {(state, to) for state in JobState for to in JobState} - legal
    assert len(illegal) == 19
    for state, to in illegal:
        with pytest.raises(ValueError, match=rf"from {state.value} to {to.value}"):
            move(state, to)


def test_states_are_unfinished_or_ended():
    assert set(JobState) == UNFINISHED | ENDED
    assert all(not MOVES[state] for state in ENDED)
    assert all(MOVES[state] for state in UNFINISHED)


def test_the_record_has_the_documented_fields():
    assert set(job_json(DONE_JOB)) == set(DOCUMENTED.split(", "))


def test_the_record_says_what_is_known():
    record = job_json(DONE_JOB, pictures=[{"id": "p1"}], grid={"id": "p2"}, position=3, eta_s=12)
    assert record["job_id"] == "j1"
    assert type(record["state"]) is str
    assert record["prompt"] == "a cat"
    assert record["images"] == [{"id": "p1"}]
    assert record["grid"] == {"id": "p2"}
    assert (record["position"], record["eta_s"]) == (3, 12)
    assert record["substituted"] == [{"field": "width", "asked": 65, "got": 64}]


def test_the_record_keeps_the_payload_and_the_lease_to_itself():
    assert not {"fields", "worker", "lease_until", "session_id", "cancel_requested"} & set(job_json(DONE_JOB))
