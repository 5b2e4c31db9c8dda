"""A chat service on a real SQLite file, with a scripted engine and real threads; all that it tells is kept."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from artbot_server.chat.service import ChatPorts, ChatService
from artbot_server.chat.words import ArticleWords, Words
from artbot_server.errors import ArtbotError, BadRequest, NotFound
from artbot_server.storage.conversations import ConversationStore
from artbot_server.storage.database import Database
from artbot_server.storage.paintings import Paintings
from tests.chat.scripted_engine import ScriptedEngine
from tests.storage.databases import fresh_url

ENDS = ("gpt_chat", "chat_error")
SYSTEM_PROMPTS = {"animals": "You draw animals.", "children": "You draw for children."}


@dataclass
class ChatHouse:
    """One web process's chat. `look`: called with each published event, before it is kept."""

    url: str
    engine: ScriptedEngine = field(default_factory=ScriptedEngine)
    owner: str = "web-1"
    look: Callable | None = None
    paint_error: ArtbotError | None = None

    def __post_init__(self):
        self.database = Database(self.url)
        self.store = ConversationStore(self.database, self.owner)
        self.events = []
        self.painted = []
        self.keys = []
        self._threads = []
        self._told = threading.Condition()
        self.service = ChatService(
            self.store,
            Paintings(self.database),
            ChatPorts(
                engine_for=self._engine_for,
                system_prompt=self._system_prompt,
                screen=self._screen,
                paint=self._paint,
                publish=self._publish,
                spawn=self._spawn,
                new_id=lambda: str(uuid.uuid4()),
            ),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.service.live.drain(0)
        self.settle()
        self.database.close()

    def _engine_for(self, key):
        self.keys.append(key)
        return self.engine

    def _system_prompt(self, folder):
        if folder is not None and folder not in SYSTEM_PROMPTS:
            raise NotFound(f"There is no folder {folder!r}.", field="folder")
        return SYSTEM_PROMPTS.get(folder, "")

    def _screen(self, folder, text):
        if folder == "children" and "blood" in text:
            raise BadRequest("Not for children.", code="unsuitable", words=["blood"])

    def _paint(self, session_id, words, found, ids):
        if self.paint_error is not None:
            raise self.paint_error
        self.painted.append((session_id, words.template, found.prompt, ids.reply_id))
        return "job-1"

    def _publish(self, session_id, event):
        if self.look is not None:
            self.look(session_id, event)
        with self._told:
            self.events.append((session_id, event))
            self._told.notify_all()

    def _spawn(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments)
        self._threads.append(thread)
        thread.start()
        return thread

    def say(self, text="a fox", *, session_id="anna", **more):
        words = {"text": text, "message_id": str(uuid.uuid4())} | more
        return self.service.say(session_id, Words(**words))

    def ask(self, text="a fox", *, session_id="anna", send=lambda event: None, **more):
        """The article's form."""
        words = {"messages": [{"role": "user", "content": text}]} | more
        return self.service.answer_article(session_id, ArticleWords(**words), send)

    def end_of(self, ids, within_s=10):
        """Wait for a reply's last event; that."""

        def found():
            return next((e for _, e in self.events if e.name in ENDS and e.reply_id == ids.reply_id), None)

        with self._told:
            assert self._told.wait_for(found, within_s), "the reply did not end"
        return found()

    def settle(self):
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def stored(self, ids):
        """The reply as it is in the database."""
        return self.store.message(ids.session_id, ids.reply_id)

    def stream(self, number=0, within_s=10):
        """The engine's stream once it stands at an Event of its script."""
        until = threading.Event()
        for _ in range(int(within_s / 0.005)):
            if len(self.engine.streams) > number:
                assert self.engine.streams[number].waiting.wait(within_s)
                return self.engine.streams[number]
            until.wait(0.005)
        raise AssertionError("the engine was not asked")


def sqlite_house(folder, **more):
    return ChatHouse(fresh_url("sqlite", folder), **more)
