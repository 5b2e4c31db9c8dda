"""Writes prompts and paints in this process, with no server, database or worker: what the command line works with.

The same engine, templates, merging and backends as the server; `choices` decides which.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Generator, Mapping
from functools import cached_property
from typing import cast

from artbot_server.chat.prompts import FoundPrompt, find_prompt
from artbot_server.choices import choose_backends, choose_engine
from artbot_server.config import Settings
from artbot_server.errors import BackendFailed, BadRequest, NotFound
from artbot_server.llm.base import ChatRequest, ReplyEnd
from artbot_server.painting.merge import Merged, Order, Placeholder, fill, merge
from artbot_server.painting.suitable import require_suitable
from artbot_server.painting.template_files import read_input
from artbot_server.painting.template_store import TemplateStore
from artbot_server.sd.base import Abilities, Backend, Payload, Progress, Result

Painting = Generator[Progress | Result, None, None]


class Studio:
    """One engine, the templates and one backend, ready for use.

    Args:
        settings: as the server's; `sd_urls` are tried in order, and the first backend that answers is used.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.templates = TemplateStore(settings.templates_dir)

    @cached_property
    def backend(self) -> Backend:
        """The first backend that answers. Raises BackendFailed, the first one's, when none does."""
        return self._found[0]

    @property
    def abilities(self) -> Abilities:
        """What that backend offers."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[Backend, Abilities]:
        failures: list[BackendFailed] = []
        for backend in choose_backends(self._settings):
            try:
                return backend, backend.abilities()
            except BackendFailed as error:
                failures.append(error)
        raise failures[0]

    def folder_and_template(self, folder: str | None, template: str | None) -> tuple[str, str]:
        """Names with the first folder and its first template where none is named.

        Raises:
            NotFound: no such folder or template.
            BadRequest: there is nothing to choose from.
        """
        library = self.templates.current()
        folder = folder or next(iter(library.folders), None)
        if folder is None:
            raise BadRequest("There are no templates: set ARTBOT_TEMPLATES_DIR.", field="folder")
        template = template or next(iter(library.folder(folder).templates), None)
        if template is None:
            raise BadRequest(f"The folder {folder} has no templates.", field="template")
        library.find(folder, template)
        return folder, template

    def write(self, words: str, folder: str, on_piece: Callable[[str], None]) -> FoundPrompt:
        """Have the engine write a prompt from a few plain words; `on_piece` gets its text as it comes.

        Raises:
            EngineFailed: the model could not be reached or refused.
            BadRequest: the words do not suit the folder, or no prompt came of them.
        """
        direction = self.templates.current().folder(folder)
        require_suitable(direction, words, "text")
        engine, _ = choose_engine(self._settings)
        system = [{"role": "system", "content": direction.system_prompt}] if direction.system_prompt else []
        stream = engine.open(ChatRequest([*system, {"role": "user", "content": words}]))
        pieces: list[str] = []
        try:
            for said in stream:
                if not isinstance(said, ReplyEnd):
                    pieces.append(said)
                    on_piece(said)
        finally:
            stream.close()
        found = find_prompt("".join(pieces))
        if found is None:
            raise BadRequest("The reply holds no prompt; say what is to be seen.", field="text")
        return found

    def merged(self, folder: str, template: str, order: Order) -> Merged:
        """The order in its template, checked against the backend. Raises as `painting.merge.merge` does."""
        direction, found = self.templates.find(folder, template)
        require_suitable(direction, order.prompt, "prompt")
        return merge(found, direction, order, self.abilities)

    def paint(self, merged: Merged, task_id: str, pictures: Mapping[str, bytes]) -> Painting:
        """Paint it: `Progress` and at last one `Result`; closing the generator interrupts the backend.

        Args:
            pictures: the files behind the order's `image_id` and `mask_id`.

        Raises:
            BackendFailed: in words, with whose fault it was.
            NotFound: an override names a picture that is not among them.
        """

        def text_of(placeholder: Placeholder) -> str:
            if "artbot_image" in placeholder:
                return base64.b64encode(_picture(pictures, placeholder["artbot_image"])).decode()
            return read_input(self.templates.current(), placeholder["artbot_file"])

        payload = Payload(merged.mode, fill(merged.fields, text_of))
        return cast(Painting, self.backend.paint(payload, task_id))


def _picture(pictures: Mapping[str, bytes], name: str) -> bytes:
    if name not in pictures:
        raise NotFound(f"There is no picture {name[:80]!r} here.", field="image_id", allowed=list(pictures))
    return pictures[name]
