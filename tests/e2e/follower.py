"""Follows one reply over any number of sockets by the rules of docs/protocol.md, as a careful client does."""

from tests.e2e.client import Client
from tests.server import wait_until


class Follower:
    """The text so far and its `seq`; `gaps` counts how often `resume` had to be asked."""

    def __init__(self, reply_id: str) -> None:
        self.reply_id = reply_id
        self.text, self.seq, self.done = "", 0, False
        self.gaps = 0

    def attach(self, client: Client) -> None:
        """Take what the snapshot says, which replaces everything before it."""
        self._client, self._read = client, 0
        for reply in client.session["replies"]:
            if reply["reply_id"] == self.reply_id:
                self.text, self.seq = reply["text"], reply["seq"]
                return
        for message in client.session["messages"]:
            if message.get("reply_id") == self.reply_id:
                self.text, self.seq, self.done = message["content"], message["seq"], message["state"] != "streaming"

    def read(self) -> None:
        """Take the frames that have come since."""
        frames = self._client.all("message", reply_id=self.reply_id)
        for frame in frames[self._read :]:
            self._take(frame)
        self._read = len(frames)
        self.done = self.done or bool(self._client.all("gpt_chat", reply_id=self.reply_id))

    def until(self, seq: int) -> None:
        """Read until this frame, or to the end where that comes first."""

        def there():
            self.read()
            return self.done or self.seq >= seq

        wait_until(there, what=f"frame {seq} of {self.reply_id}")

    def to_the_end(self) -> str:
        """Read until the reply is over and give its whole text."""
        self.until(10**9)
        self.read()
        return self.text

    def _take(self, frame: dict) -> None:
        if frame["seq"] <= self.seq:
            return
        if frame.get("from", frame["seq"]) == self.seq + 1:
            self.text, self.seq = self.text + frame["message"], frame["seq"]
            return
        self.gaps += 1
        ack = self._client.call("resume", {"reply_id": self.reply_id})
        assert ack["ok"], ack
        self.text, self.seq = ack["text"], ack["seq"]
