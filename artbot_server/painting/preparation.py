"""How an order becomes a job: its picture is found, its words and pictures are checked, it is merged with its template.

Looks things up and decides; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any
from uuid import uuid4

from artbot_server.errors import NotFound
from artbot_server.painting.drafted import drafted
from artbot_server.painting.inputs import picture_ids
from artbot_server.painting.jobs import Job
from artbot_server.painting.merge import Merged, Order, expected, merge
from artbot_server.painting.orders import LAST_IMAGE, PaintOrder
from artbot_server.painting.suitable import require_suitable
from artbot_server.painting.template_store import TemplateStore
from artbot_server.painting.templates import Folder, Template
from artbot_server.sd.base import Abilities
from artbot_server.storage.backends import BackendStore
from artbot_server.storage.paintings import Paintings
from artbot_server.storage.pictures import PictureStore

Admit = Callable[[str, PaintOrder], PaintOrder]
"""`admit(session_id, order)`: what is painted instead of a new order; may refuse it by raising."""


class Preparation:
    """Makes jobs of orders.

    Args:
        admit: called with each order before anything is done.
    """

    def __init__(
        self,
        *,
        pictures: PictureStore,
        backends: BackendStore,
        templates: TemplateStore,
        paintings: Paintings,
        admit: Admit = lambda _session_id, order: order,
    ) -> None:
        self._pictures = pictures
        self._backends = backends
        self._templates = templates
        self._paintings = paintings
        self._admit = admit

    def abilities(self) -> Abilities:
        """What an order's overrides may ask for."""
        return self._backends.abilities()

    def job(self, session_id: str, order: PaintOrder) -> Job:
        """The job an order makes, not yet in the queue.

        Raises:
            BadRequest: an override or the callback_url is not allowed, or the folder is for children and the prompt is
                not (`unsuitable`).
            NotFound: no such folder, template or picture.
        """
        order = self._admit(session_id, order)
        abilities = self.abilities()
        if order.payload is not None:
            merged = order.payload
            self._check_pictures(session_id, order)
        else:
            folder, template = self._template(order)
            order = replace(order, image_id=self._image(session_id, order, template))
            self._check_pictures(session_id, order)
            merged = self._merged(session_id, order, folder, template, abilities)
        width, height, count = expected(merged.fields)
        return Job(
            id=order.job_id or str(uuid4()),
            session_id=session_id,
            **{name: getattr(order, name) for name in _MERGED + _PASSED_ON},
            mode=merged.mode,
            fields=merged.fields,
            substituted=[asdict(one) for one in merged.substituted],
            model=_model(merged.fields, abilities),
            width=width,
            height=height,
            count=count,
        )

    def _merged(
        self, session_id: str, order: PaintOrder, folder: Folder, template: Template, abilities: Abilities
    ) -> Merged:
        require_suitable(folder, order.prompt, "prompt")
        merged = merge(template, folder, Order(**{name: getattr(order, name) for name in _MERGED}), abilities)
        require_suitable(folder, order.overrides.get("hr_prompt", ""), "overrides.hr_prompt")
        for place, picture_id in picture_ids(order.overrides):
            self._check_picture(place, picture_id, session_id)
        return merged

    def _template(self, order: PaintOrder) -> tuple[Folder, Template]:
        if order.draft is None:
            return self._templates.find(order.folder, order.template)
        library = self._templates.current()
        folder = library.folder(order.folder)
        return folder, drafted(order.draft, folder.name, order.template, library.inputs)

    def _image(self, session_id: str, order: PaintOrder, template: Template) -> str | None:
        """The picture to work on: the one named, or the conversation's last one where that is meant or needed."""
        needed = template.mode == "img2img" and not template.inputs.init_images
        if order.image_id != LAST_IMAGE and (order.image_id is not None or not needed):
            return order.image_id
        last = self._paintings.last_image(session_id, order.conversation_id) if order.conversation_id else None
        if last is None and order.image_id == LAST_IMAGE:
            raise NotFound("There is no picture in this conversation yet.", field="image_id")
        return last

    def _check_pictures(self, session_id: str, order: PaintOrder) -> None:
        for name, picture_id in (("image_id", order.image_id), ("mask_id", order.mask_id)):
            if picture_id is not None:
                self._check_picture(name, picture_id, session_id)

    def _check_picture(self, name: str, picture_id: str, session_id: str) -> None:
        try:
            self._pictures.get(picture_id, session_id)
        except NotFound as error:
            raise NotFound(error.message, field=name) from error


_PASSED_ON = (
    *("folder", "template", "conversation_id", "reply_id", "client_sid"),
    *("batch_id", "label", "place", "callback_url"),
)
_MERGED = ("prompt", "negative_prompt", "overrides", "image_id", "mask_id")


def _model(fields: Mapping[str, Any], abilities: Abilities) -> str | None:
    """The checkpoint a payload needs, where some backend has it: others then leave the job to that one."""
    asked = (fields.get("override_settings") or {}).get("sd_model_checkpoint")
    return asked if asked in abilities.models else None
