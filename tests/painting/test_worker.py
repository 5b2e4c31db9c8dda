from tests.painting.house import until
from tests.painting.scripted_backend import ScriptedBackend


def test_an_order_becomes_pictures(house):
    house.work(ScriptedBackend())
    job = house.submit()
    done = house.ended(job)
    assert done.state == "done"
    said = until(lambda: house.said(job.id)[-1:] == ["done"] and house.said(job.id))
    assert said[0] == "queued"
    assert said[-2:] == ["images", "done"]
    assert "progress" in said
    [picture] = house.pictures.of_jobs([job.id])[job.id]
    assert house.pictures.read(picture) == ScriptedBackend().pictures[0].data
