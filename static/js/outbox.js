// Messages on their way. Each keeps its message_id in this tab's storage until the server has taken it, so a reload or a
// lost network sends it again and the server does it once.

import { newId } from "./ids.js";
import { tabStore } from "./preferences.js";

const WAITS = new Set(["offline", "busy", "unavailable"]); // sent again by itself when the reason has passed

export class Outbox {
  #connection;
  #state;
  #sending = false;

  constructor(connection, state) {
    this.#connection = connection;
    this.#state = state;
    state.hold({ unsent: tabStore.get("unsent", []) });
    state.addEventListener("finished", () => this.flush());
    state.addEventListener("chat_failed", () => this.flush());
  }

  add(message) {
    this.#keep([
      ...this.#state.unsent,
      { message_id: newId(), conversation_id: this.#state.view, at: this.#state.next(), error: null, ...message },
    ]);
    return this.flush();
  }

  remove(messageId) {
    this.#keep(this.#state.unsent.filter((item) => item.message_id !== messageId));
  }

  retry(messageId) {
    this.#keep(this.#state.unsent.map((item) => (item.message_id === messageId ? { ...item, error: null } : item)));
    return this.flush();
  }

  /** Send what waits, oldest first, one at a time. */
  async flush() {
    if (this.#sending) return;
    this.#sending = true;
    let item = this.#next();
    while (item && (await this.#send(item))) item = this.#next();
    this.#sending = false;
  }

  // ---- Internal ----

  #next() {
    return this.#state.unsent.find((item) => !item.error);
  }

  async #send(item) {
    const placed = await this.#place(item);
    if (!placed.ok) return this.#refused(item, placed.error);
    const { error, at, ...fields } = this.#state.unsent.find((other) => other.message_id === item.message_id) ?? item;
    const ack = await this.#connection.ask("gpt_chat", fields);
    if (!ack.ok) return this.#refused(item, ack.error);
    this.#state.accepted(fields, ack, Date.now() / 1000);
    this.#store();
    return true;
  }

  /** The first message of a new conversation makes it; what was written behind it goes there too. */
  async #place(item) {
    if (item.conversation_id) return { ok: true };
    const { folder, template } = item;
    const ack = await this.#connection.ask("new_conversation", { folder, template });
    if (!ack.ok) return ack;
    const id = ack.conversation.conversation_id;
    const unsent = this.#state.unsent.map((other) =>
      other.conversation_id ? other : { ...other, conversation_id: id },
    );
    const wasOnView = this.#state.view === null;
    this.#keep(unsent);
    if (wasOnView) this.#state.show({ conversation: ack.conversation });
    return { ok: true };
  }

  #refused(item, error) {
    if (WAITS.has(error.code)) return false;
    this.#keep(this.#state.unsent.map((other) => (other.message_id === item.message_id ? { ...other, error } : other)));
    return true;
  }

  #keep(items) {
    this.#state.hold({ unsent: items });
    this.#store();
  }

  #store() {
    tabStore.set("unsent", this.#state.unsent);
  }
}
