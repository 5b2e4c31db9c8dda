"""The template tool as the web process has it: who writes, who asks the worker about files, and drafts from everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from artbot_server.errors import BadRequest
from artbot_server.painting.drafts import Draft, draft_of_job, draft_of_text
from artbot_server.painting.file_questions import FileQuestions
from artbot_server.painting.infotext import parse
from artbot_server.painting.template_folders import FolderWriter
from artbot_server.painting.template_sources import Source, read_source
from artbot_server.painting.template_store import TemplateStore
from artbot_server.painting.template_writer import MUST_BE_NEW, TemplateWriter
from artbot_server.sd.base import Abilities
from artbot_server.storage.jobs import JobStore


class TemplateTool:
    """Everything that is done with templates beside painting. What was written is in `store` when a method returns."""

    def __init__(self, store: TemplateStore, files: FileQuestions, jobs: JobStore) -> None:
        self._store = store
        self._files = files
        self._jobs = jobs
        self._writer = TemplateWriter(store.root, files.recode)
        self._folders = FolderWriter(store.root)

    def view(self, folder: str, name: str) -> Source:
        """See `read_source`."""
        return read_source(self._store.root, folder, name)

    # Writing: see `TemplateWriter` and `FolderWriter`

    def save(self, folder: str, name: str, template: Mapping[str, Any], version: str | None) -> Source:
        """An empty folder is a new one."""
        return self._seen(self._writer.save(folder or self._folders.create(), name, template, version))

    def copy(self, folder: str, name: str, to_folder: str, to_name: str) -> Source:
        """Save under another name."""
        return self._seen(self._writer.copy(folder, name, to_folder, to_name))

    def rename(self, folder: str, name: str, to_folder: str, to_name: str) -> Source:
        """Move."""
        return self._seen(self._writer.rename(folder, name, to_folder, to_name))

    def delete(self, folder: str, name: str) -> None:
        """Remove."""
        self._writer.delete(folder, name)
        self._store.refresh()

    def put_picture(self, folder: str, name: str, which: str, image: bytes | None) -> Source:
        """Set or take away an input, or what it looks like."""
        return self._seen(self._writer.put_picture(folder, name, which, image))

    def add_shared(self, data: bytes, filename: str, folder: str, name: str) -> Source:
        """Save what somebody shared, under its own name where none is given. Raises as `unpack` does, too."""
        bundle = self._files.open_bundle(data, filename)
        home = folder or self._folders.create()
        return self._seen(
            self._writer.save(home, name or bundle.name, bundle.template, MUST_BE_NEW, pictures=bundle.pictures)
        )

    def create_folder(self, name: str, settings: Mapping[str, Any], system_prompt: str | None) -> str:
        """A new folder; its name."""
        name = self._folders.create(name, settings, system_prompt)
        self._store.refresh()
        return name

    def folder(self, name: str) -> tuple[dict[str, Any], str]:
        """A folder's settings and system prompt as they are written."""
        return self._folders.read(name)

    def edit_folder(self, name: str, settings: Mapping[str, Any], system_prompt: str | None) -> None:
        """Change some settings."""
        self._folders.edit(name, settings, system_prompt)
        self._store.refresh()

    def delete_folder(self, name: str, *, with_templates: bool) -> None:
        """Remove a folder."""
        self._folders.delete(name, with_templates=with_templates)
        self._store.refresh()

    # Drafts

    def draft_of_text(self, text: str, can: Abilities) -> Draft:
        """From a parameter text."""
        return draft_of_text(parse(text), can)

    def draft_of_picture(self, data: bytes, can: Abilities) -> Draft:
        """From the text inside a picture's file. Raises BadRequest when it has none (field `image`)."""
        text = self._files.text(data)
        if not text.strip():
            raise BadRequest("This picture does not say what it was made with.", field="image")
        return self.draft_of_text(text, can)

    def draft_of_job(self, session_id: str, job_id: str) -> Draft:
        """From a job of this session. Raises NotFound; BadRequest when it did not paint with a template's fields."""
        job = self._jobs.get(job_id, session_id)
        if job.mode not in ("txt2img", "img2img"):
            raise BadRequest("Only what was painted from a prompt can become a template.", field="job_id")
        folder = self._store.current().folders.get(job.folder)
        return draft_of_job(job, folder.negative_prompt if folder else "")

    def _seen(self, source: Source) -> Source:
        self._store.refresh()
        return source
