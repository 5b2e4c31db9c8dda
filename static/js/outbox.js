// Messages on their way. Each keeps its message_id in this tab's storage until the server has taken it, so a reload or a
// lost network sends it again and the server does it once.

import { newId } from "./ids.js";
import { tabStore } from "./preferences.js";

const WAITS = new Set(["offline", "busy", "unavailable"]); // sent again by itself when the reason has passed

export class Outbox {
  #connection;
  #state;
  #sending = false;
  #wanted = false;

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

  /** Send what waits, oldest first, one at a time. Called while it runs, it looks once more at its end. */
  async flush() {
    this.#wanted = true;
    if (this.#sending) return;
    this.#sending = true;
    while (this.#wanted) {
      this.#wanted = false;
      let item = this.#next();
      while (item && (await this.#send(item))) item = this.#next();
    }
    this.#sending = false;
  }

  // ---- Internal ----

  #next() {
    return this.#state.unsent.find((item) => !item.error);
  }

  async #send(item) {
    const { error, at, conversation_id, ...words } = item;
    const ack = await this.#connection.ask("gpt_chat", conversation_id ? { ...words, conversation_id } : words);
    if (!ack.ok) return this.#refused(item, ack.error);
    if (!conversation_id) this.#begin(ack.conversation_id);
    this.#state.accepted(item, ack, Date.now() / 1000);
    this.#store();
    return true;
  }

  /** The first message of a new conversation made it; what was written behind it goes there too. */
  #begin(conversation_id) {
    this.#keep(
      this.#state.unsent.map((item) => ({ ...item, conversation_id: item.conversation_id ?? conversation_id })),
    );
    if (this.#state.view === null) this.#state.show({ conversation: { conversation_id, title: null } });
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
