import threading
from contextlib import contextmanager

from artbot_server.errors import BackendFailed
from artbot_server.hooks.notices import Notices
from artbot_server.hooks.record import Hooks
from artbot_server.painting.jobs import JobState
from artbot_server.storage.jobs import JobStore
from tests.painting.house import until
from tests.painting.scripted_backend import ScriptedBackend


class Told:
    """Hooks that keep what they are called with, in the order of the calls."""

    def __init__(self):
        self.calls = []
        self.hooks = Hooks(after_paint=[self._after, self._after_too], on_error=[self._error])

    def _after(self, job, pictures):
        self.calls.append(("after", job.id, [picture.job_id for picture in pictures]))

    def _after_too(self, job, _pictures):
        self.calls.append(("after too", job.id))

    def _error(self, job):
        self.calls.append((job.state.value, job.id))


@contextmanager
def noticing(house, hooks):
    notices = Notices(hooks, house.jobs, house.pictures)
    threads = []

    def spawn(work):
        threads.append(threading.Thread(target=work))
        threads[-1].start()

    notices.start(spawn)
    house.on_end = notices.ended
    try:
        yield notices
    finally:
        notices.stop()
        for thread in threads:
            thread.join()


def test_each_job_gets_one_notice_and_hooks_keep_their_order(house):
    told = Told()
    house.work(ScriptedBackend(failures=[BackendFailed("It broke.", retry=False)]))
    with noticing(house, told.hooks) as notices:
        failed = house.submit()
        house.ended(failed)
        done = house.submit()
        house.ended(done)
        until(lambda: len(told.calls) >= 3)
        for job in (failed, done):
            notices.ended(house.jobs.get(job.id))  # said again
            house.queue.job_changed("anna", job.id)
    assert told.calls == [("failed", failed.id), ("after", done.id, [done.id]), ("after too", done.id)]


def test_a_cancelled_job_is_told(house):
    told = Told()
    with noticing(house, told.hooks):
        job = house.submit()
        house.queue.cancel("anna", job.id)
        house.queue.cancel("anna", job.id)
        until(lambda: told.calls)
    assert told.calls == [("cancelled", job.id)]


def test_what_ended_while_nobody_listened_is_told_at_the_start(house):
    house.work(ScriptedBackend())
    job = house.submit()
    house.ended(job)
    told = Told()
    with noticing(house, told.hooks):
        until(lambda: told.calls)
    assert told.calls[0] == ("after", job.id, [job.id])
    again = Told()
    with noticing(house, again.hooks) as notices:
        notices.ended(house.jobs.get(job.id))
    assert again.calls == []


def test_several_processes_tell_an_end_once(house):
    told = [Told(), Told(), Told()]
    every = [Notices(one.hooks, house.jobs, house.pictures) for one in told]
    threads = []

    def spawn(work):
        threads.append(threading.Thread(target=work))
        threads[-1].start()

    for notices in every:
        notices.start(spawn)
    jobs = [house.submit() for _ in range(10)]
    for job in jobs:
        house.queue.cancel("anna", job.id)
        for notices in every:
            notices.ended(job)
    until(lambda: sum(len(one.calls) for one in told) >= 10)
    for notices in every:
        notices.stop()
    for thread in threads:
        thread.join()
    assert sorted(call[1] for one in told for call in one.calls) == sorted(job.id for job in jobs)


def test_without_hooks_of_an_end_nothing_is_taken(house):
    with noticing(house, Hooks(before_paint=[lambda _s, order: order])):
        job = house.submit()
        house.queue.cancel("anna", job.id)
    assert house.jobs.get(job.id).noticed_at is None


def test_a_hook_that_hangs_holds_up_no_job(house):
    free = threading.Event()
    house.work(ScriptedBackend())
    with noticing(house, Hooks(after_paint=[lambda *_: free.wait(20)])):
        first = house.submit()
        house.ended(first)
        assert house.ended(house.submit()).state is JobState.DONE
        free.set()
    assert JobStore(house.database).get(first.id).noticed_at is not None
