// What can be done with one conversation of the list, in the place of its row: rename, keep as a file, close, delete.
// Closing and deleting ask once.

import { at } from "./address.js";
import { clone, parts } from "./dom.js";
import { errorWords, say } from "./i18n.js";

const CLOSING = { sure: "conversations.close.sure", yes: "conversations.close.yes" };
const DELETING = { sure: "conversations.delete.sure", yes: "conversations.delete.yes" };

export class ConversationMenu {
  #row;
  #context;
  #conversation;
  #shown;

  constructor({ row, conversation, name, conversationActions, toastWords }) {
    this.#row = this.#shown = row;
    this.#context = { conversationActions, toastWords };
    this.#conversation = { ...conversation, name };
    this.#menu();
  }

  // ---- Internal ----

  get #id() {
    return this.#conversation.conversation_id;
  }

  #menu() {
    const menu = clone("conversation-menu");
    const { rename, file, close, remove, back } = parts(menu);
    const { conversationActions } = this.#context;
    file.href = at(`/api/v1/conversations/${encodeURIComponent(this.#id)}/export`);
    close.hidden = Boolean(this.#conversation.closed_at);
    rename.addEventListener("click", () => this.#rename());
    close.addEventListener("click", () => this.#ask(CLOSING, () => conversationActions.close(this.#id)));
    remove.addEventListener("click", () => this.#ask(DELETING, () => conversationActions.remove(this.#id)));
    back.addEventListener("click", () => this.#leave());
    menu.addEventListener("keydown", (event) => this.#escape(event));
    this.#show(menu, rename);
  }

  #rename() {
    const form = clone("rename-row");
    const { title, cancel } = parts(form);
    title.value = this.#conversation.title;
    form.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#do(this.#context.conversationActions.rename(this.#id, title.value.trim()));
    });
    cancel.addEventListener("click", () => this.#leave());
    form.addEventListener("keydown", (event) => this.#escape(event));
    this.#show(form, title);
    title.select();
  }

  #ask({ sure: question, yes: answer }, act) {
    const sure = clone("confirm-row");
    const { words, yes, no } = parts(sure);
    say(words, question);
    say(yes, answer);
    no.addEventListener("click", () => this.#leave());
    yes.addEventListener("click", () => this.#do(act()));
    sure.addEventListener("keydown", (event) => this.#escape(event));
    this.#show(sure, no);
  }

  /** The list is loaded anew when it was done (state tells it); a refusal is said and the row comes back. */
  async #do(asked) {
    const ack = await asked;
    if (!ack.ok) this.#context.toastWords(errorWords(ack.error));
    this.#leave();
  }

  #show(item, focused) {
    this.#shown.replaceWith(item);
    this.#shown = item;
    focused.focus();
  }

  #leave() {
    if (!this.#shown.isConnected) return;
    this.#shown.replaceWith(this.#row);
    this.#row.querySelector("[data-menu]").focus();
  }

  /** Escape closes this and not the whole list. */
  #escape(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.#leave();
  }
}
