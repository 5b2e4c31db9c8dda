"""What every backend must do, whatever paints: subclass `BackendContract` and give it a `backend` fixture."""

import base64
import io
import itertools
import time

import pytest
from PIL import Image

from artbot_server.errors import BackendFailed
from artbot_server.sd.base import Abilities, Backend, Payload, Progress, Result

_tasks = itertools.count(1)


def task_id() -> str:
    return f"contract-{next(_tasks)}-1"


def finish(backend: Backend, payload: Payload) -> tuple[list[Progress], Result]:
    """All progress, and the result, which must come once and last."""
    told = list(backend.paint(payload, task_id()))
    assert all(isinstance(item, Progress) for item in told[:-1])
    assert isinstance(told[-1], Result)
    return told[:-1], told[-1]


def picture_size(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image.size


class BackendContract:
    """Override `backend`, and `slow_payload` where the default one is not slow enough to be closed halfway."""

    @pytest.fixture
    def backend(self) -> Backend:
        raise NotImplementedError

    def payload(self, **fields) -> Payload:
        small = {"prompt": "a red boat on a lake", "width": 128, "height": 64, "steps": 4, "seed": 7}
        return Payload("txt2img", small | fields)

    def slow_payload(self) -> Payload:
        return self.payload(steps=60)

    def test_says_who_it_is(self, backend):
        assert backend.name
        assert "@" not in backend.name
        assert backend.kind
        assert isinstance(backend.demo, bool)

    def test_tells_its_abilities(self, backend):
        abilities = backend.abilities()
        assert isinstance(abilities, Abilities)
        assert {"width", "height", "seed", "steps"} <= set(abilities.fields)
        assert abilities.max_side >= 512
        assert abilities.max_side <= abilities.max_pixels
        assert abilities.max_batch >= 1
        assert abilities.loaded_model is None or abilities.loaded_model in abilities.models

    def test_progress_never_falls_and_is_not_full_before_the_result(self, backend):
        told, _ = finish(backend, self.payload(steps=12))
        fractions = [progress.fraction for progress in told]
        assert fractions == sorted(fractions)
        assert all(0 <= fraction < 1 for fraction in fractions)
        assert any(fraction > 0 for fraction in fractions)

    def test_steps_and_seconds_make_sense_where_they_are_told(self, backend):
        told, _ = finish(backend, self.payload(steps=12))
        assert all(p.steps is None or 0 <= (p.step or 0) <= p.steps for p in told)
        assert all(p.eta_s is None or p.eta_s >= 0 for p in told)

    def test_previews_are_pictures_and_each_is_told_once(self, backend):
        told, _ = finish(backend, self.payload(steps=24))
        previews = [progress.preview for progress in told if progress.preview is not None]
        assert all(min(picture_size(preview)) > 0 for preview in previews)
        assert all(first != second for first, second in itertools.pairwise(previews))

    def test_gives_one_picture_of_the_size_and_seed_asked(self, backend):
        _, result = finish(backend, self.payload(seed=1234))
        [picture] = result.pictures
        assert picture.kind == "picture"
        assert picture_size(picture.data) == (128, 64)
        assert picture.seed == 1234
        assert result.substituted == ()

    def test_a_random_seed_comes_back_as_a_real_one(self, backend):
        _, result = finish(backend, self.payload(seed=-1))
        assert result.pictures[0].seed >= 0

    def test_gives_as_many_pictures_as_asked_with_seeds_counting_up(self, backend):
        _, result = finish(backend, self.payload(seed=5, batch_size=2, n_iter=2))
        pictures = [picture for picture in result.pictures if picture.kind == "picture"]
        assert [picture.seed for picture in pictures] == [5, 6, 7, 8]
        assert len({picture.data for picture in pictures}) == 4

    def test_the_same_seed_gives_the_same_picture(self, backend):
        first, second = (finish(backend, self.payload())[1].pictures[0].data for _ in range(2))
        assert first == second

    def test_an_odd_size_is_painted_or_told_as_a_substitution(self, backend):
        _, result = finish(backend, self.payload(width=100, height=64))
        told = {change.field: change.got for change in result.substituted}
        assert picture_size(result.pictures[0].data) == (told.get("width", 100), told.get("height", 64))

    @pytest.mark.alone
    def test_tells_progress_all_the_time(self, backend):
        painting = backend.paint(self.slow_payload(), task_id())
        began = time.monotonic()
        told = sum(1 for _ in itertools.takewhile(lambda _: time.monotonic() - began < 0.7, painting))
        painting.close()
        assert told >= 2

    def test_closing_ends_it_and_leaves_the_backend_free(self, backend):
        painting = backend.paint(self.slow_payload(), task_id())
        assert isinstance(next(painting), Progress)
        painting.close()
        with pytest.raises(StopIteration):
            next(painting)
        _, result = finish(backend, self.payload())
        assert len(result.pictures) == 1

    def test_closing_before_the_beginning_does_nothing(self, backend):
        backend.paint(self.payload(), task_id()).close()
        assert finish(backend, self.payload())[1].pictures

    @pytest.mark.parametrize(
        ("field", "value"),
        [("steps", 0), ("steps", "many"), ("batch_size", 0), ("width", 0), ("height", -64), ("cfg_scale", "x")],
    )
    def test_a_payload_at_fault_is_refused_by_field(self, backend, field, value):
        with pytest.raises(BackendFailed) as caught:
            finish(backend, self.payload(**{field: value}))
        error = caught.value
        assert error.error_code == "backend_refused"
        assert error.whose_fault == "client"
        assert error.detail["retry"] is False
        assert error.detail["field"] == field
        assert field in error.message
        assert len(error.message) <= 300

    def test_a_sampler_it_does_not_list_is_refused(self, backend):
        known = backend.abilities().samplers
        with pytest.raises(BackendFailed) as caught:
            finish(backend, self.payload(sampler_name="No Such Sampler"))
        assert caught.value.detail["field"] == "sampler_name"
        assert set(caught.value.detail["allowed"]) == set(known)

    def upscale_payload(self, backend: Backend, **fields) -> Payload:
        """The payload of a picture that this backend painted, made twice as large."""
        small = finish(backend, self.payload(seed=77))[1].pictures[0]
        return Payload("upscale", {"image": base64.b64encode(small.data).decode(), "upscaling_resize": 2} | fields)

    def test_a_picture_is_made_larger_with_its_text(self, backend):
        told, result = finish(backend, self.upscale_payload(backend))
        [picture] = result.pictures
        assert "upscale" in backend.abilities().modes
        assert (picture.kind, picture.seed) == ("picture", 77)
        assert picture_size(picture.data) == (256, 128)
        assert "Seed: 77" in picture.infotext
        assert "Postprocess upscale by: 2.0, Postprocess upscaler: " in picture.infotext
        assert result.substituted == ()
        assert all(0 <= progress.fraction < 1 for progress in told)

    @pytest.mark.parametrize(
        ("field", "value"), [("image", "zzz"), ("upscaling_resize", 0), ("upscaler_1", "No Such Upscaler")]
    )
    def test_an_upscaling_at_fault_is_refused_by_field(self, backend, field, value):
        with pytest.raises(BackendFailed) as caught:
            finish(backend, self.upscale_payload(backend, **{field: value}))
        assert (caught.value.error_code, caught.value.detail["field"]) == ("backend_refused", field)

    def test_closing_an_upscaling_leaves_the_backend_free(self, backend):
        painting = backend.paint(self.upscale_payload(backend), task_id())
        assert isinstance(next(painting), Progress)
        painting.close()
        assert finish(backend, self.payload())[1].pictures

    def test_variations_have_one_seed_and_are_told_apart(self, backend):
        vary = {"seed": 5, "subseed": 40, "subseed_strength": 0.15, "n_iter": 2}
        _, result = finish(backend, self.payload(**vary))
        assert [picture.seed for picture in result.pictures] == [5, 5]
        assert len({picture.data for picture in result.pictures}) == 2
        for picture, subseed in zip(result.pictures, (40, 41), strict=True):
            assert f"Variation seed: {subseed}, Variation seed strength: 0.15" in picture.infotext
        assert result.substituted == ()
