// What a person can do with conversations, as one function each: asks the server and tells state.

import { tabStore } from "./preferences.js";

const VIEW_KEY = "view";
const NEW = "new";

/** A conversation whose newest message alone is too long for a snapshot has to be asked for. */
const isShown = ({ messages, cursor }) => messages.length > 0 || cursor === null;

export class ConversationActions {
  #connection;
  #state;
  #choice;
  #outbox;

  constructor({ connection, state, choice, outbox }) {
    this.#connection = connection;
    this.#state = state;
    this.#choice = choice;
    this.#outbox = outbox;
    state.addEventListener("snapshot", ({ detail }) => this.#restore(detail));
    state.addEventListener("view", () => tabStore.set(VIEW_KEY, state.view ?? NEW));
  }

  async open(conversationId) {
    const ack = await this.#connection.ask("history", { conversation_id: conversationId });
    if (!ack.ok) return ack;
    this.#state.show(ack);
    this.#choice.choose(ack.conversation.folder, ack.conversation.template);
    return ack;
  }

  startNew() {
    this.#state.show({ conversation: null });
  }

  async earlier() {
    const { view, cursor } = this.#state;
    const ack = await this.#connection.ask("history", { conversation_id: view, before: cursor });
    if (ack.ok && this.#state.view === view) this.#state.addEarlier(ack);
    return ack;
  }

  /** A page of the list, from this cursor on. */
  list(before) {
    return this.#connection.ask("conversations", before ? { before } : {});
  }

  rename(conversationId, title) {
    return this.#connection.ask("rename_conversation", { conversation_id: conversationId, title });
  }

  /** A closed conversation can be read and taken along; nothing more is said in it. */
  close(conversationId) {
    return this.#connection.ask("close_conversation", { conversation_id: conversationId });
  }

  /** The server tells every page of it, this one too. */
  remove(conversationId) {
    return this.#connection.ask("delete_conversation", { conversation_id: conversationId });
  }

  // ---- Internal ----

  /** After each connect: the conversation this tab was in, or the newest one. */
  async #restore(snapshot) {
    const wanted = tabStore.get(VIEW_KEY);
    const newest = snapshot.conversation?.conversation_id ?? null;
    if (wanted === NEW) this.#state.show({ conversation: null });
    else if (isShown(snapshot) && (wanted ?? newest) === newest) this.#showSnapshot(snapshot);
    else await this.#restoreOther(wanted ?? newest, snapshot);
    this.#outbox.flush();
  }

  async #restoreOther(conversationId, snapshot) {
    const ack = await this.#connection.ask("history", { conversation_id: conversationId });
    if (ack.ok) this.#state.show(ack);
    else if (ack.error.code === "not_found") this.#showSnapshot(snapshot);
  }

  /** A snapshot has the running batches; those that have ended are asked for. */
  async #showSnapshot(snapshot) {
    this.#state.show(snapshot);
    const id = snapshot.conversation?.conversation_id;
    const ack = id ? await this.#connection.ask("batches", { conversation_id: id }) : { ok: false };
    if (ack.ok) this.#state.keep(ack);
  }
}
