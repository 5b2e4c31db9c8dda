import json

from artbot_server.callbacks.deliveries import Delivery
from artbot_server.callbacks.letter import Letter
from artbot_server.painting.jobs import Job, JobState
from artbot_server.painting.pictures import StoredPicture

FIELDS = {"steps": 4, "sampler_name": "Euler", "init_images": [{"artbot_image": "p0"}], "override_settings": {}}


def job(**more):
    given = {"folder": "plain", "template": "cat", "mode": "txt2img", "prompt": "a cat", "fields": FIELDS}
    given |= {"state": JobState.DONE, "created_at": 1700000000.0, "ended_at": 1700000009.5}
    return Job(id="j1", session_id="anna", width=64, height=64, count=1, **given | more)


def picture(name, kind="picture", position=0):
    size = {"width": 64, "height": 64, "bytes": 9}
    return StoredPicture(
        id=name, session_id="anna", kind=kind, mime="image/png", position=position, infotext=f"info {name}", **size
    )


def body(job, pictures=(), event="done", **more):
    delivery = Delivery(id="d1", job_id="j1", session_id="anna", url="https://a/", event=event)
    return Letter(delivery, job, pictures, **more).as_json(lambda name, variant: f"https://here/{name}/{variant}")


def test_a_job_that_is_done_says_where_its_pictures_are():
    said = body(job(), [picture("p1"), picture("g", "grid", 1), picture("m", "map", 2)])
    assert list(said) == ["id", "event", "payload", "job"]
    assert (said["id"], said["event"]) == ("j1", "done")
    assert said["payload"]["content"]["images"] == ["https://here/p1/original"]
    assert said["payload"]["content"]["info"] == "info p1"
    assert said["job"]["job_id"] == "j1"
    assert said["job"]["images"][0]["url"] == "https://here/p1/original"
    assert said["job"]["grid"]["thumbnail_url"] == "https://here/g/thumbnail"


def test_the_payload_is_a_message_of_robotchat():
    payload = body(job(conversation_id="c1", client_sid="panel", model="red-v1"))["payload"]
    assert payload["id"] == "d1"
    assert payload["createdAt"] == "2023-11-14T22:13:20+00:00"
    assert payload["updatedAt"] == "2023-11-14T22:13:29.500000+00:00"
    assert (payload["modelType"], payload["messageType"], payload["author"]) == ("red-v1", 0, "ArtBot")
    metadata = payload["metadata"]
    assert (metadata["conversation"], metadata["customerId"], metadata["robot"]) == ("c1", "panel", "ArtBot")
    assert metadata["requestData"]["prompt"] == "a cat"
    assert body(job(mode="img2img"))["payload"]["messageType"] == 1


def test_pictures_that_the_job_began_with_stay_here():
    said = body(job())
    assert said["payload"]["content"]["parameters"] == {"steps": 4, "sampler_name": "Euler"}
    assert "artbot_image" not in json.dumps(said)


def test_a_failure_says_why():
    error = {"code": "backend_failed", "message": "It broke.", "detail": {"fault": "backend"}}
    said = body(job(state=JobState.FAILED, error=error), event="failed")
    assert (said["event"], said["job"]["state"]) == ("failed", "failed")
    assert said["payload"]["metadata"]["errMsg"] == "It broke."
    assert said["payload"]["metadata"]["errorCode"] == "backend_failed"
    assert said["payload"]["content"]["images"] == []


def test_the_files_go_along_where_they_are_wanted():
    said = body(job(), [picture("p1")], base64=["QUJD"])
    assert said["payload"]["content"]["images"] == ["QUJD"]
    assert said["job"]["images"][0]["url"] == "https://here/p1/original"
