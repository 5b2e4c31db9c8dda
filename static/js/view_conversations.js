// The list of conversations, by picture and name, newest first under today, yesterday and earlier. What can be done with
// one stands in `view_conversation_menu`.

import { clone, element, parts } from "./dom.js";
import { clock, dayOf } from "./format.js";
import { errorWords, localeTag, t } from "./i18n.js";
import { ConversationMenu } from "./view_conversation_menu.js";

export class ConversationsView {
  #parts;
  #context;
  #list = [];
  #cursor = null;

  constructor(context) {
    this.#context = context;
    this.#parts = parts(context.dialogs.get("conversations"));
    this.#parts.new.addEventListener("click", () => this.#leave(() => context.startNew()));
    this.#parts.more.addEventListener("click", () => this.#load(this.#cursor));
    for (const type of ["conversations", "deleted"])
      context.state.addEventListener(type, () => context.dialogs.get("conversations").open && this.#load());
  }

  open() {
    this.#context.dialogs.open("conversations");
    this.#load();
  }

  // ---- Internal ----

  async #load(before) {
    const ack = await this.#context.conversationActions.list(before);
    if (!ack.ok) return this.#context.toastWords(errorWords(ack.error));
    this.#list = before ? [...this.#list, ...ack.conversations] : ack.conversations;
    this.#cursor = ack.cursor;
    return this.#render();
  }

  #render() {
    const { groups, none, more } = this.#parts;
    none.hidden = this.#list.length > 0;
    more.hidden = !this.#cursor;
    const days = ["today", "yesterday", "earlier"].map((day) => [
      day,
      this.#list.filter((one) => dayOf(one.updated_at) === day),
    ]);
    const filled = days.filter(([, list]) => list.length);
    groups.replaceChildren(
      ...filled.flatMap(([day, list]) => [
        element("h3", { className: "grp", textContent: t(`day.${day}`) }),
        element("ul", {}, ...list.map((conversation) => this.#row(conversation))),
      ]),
    );
  }

  #row(conversation) {
    const row = clone("conversation-row");
    const { open, thumb, title, when, more } = parts(row);
    const name = conversation.title || t("conversation.new");
    title.textContent = name;
    const count = t("conversations.count", { n: conversation.message_count });
    const facts = [clock(conversation.updated_at, localeTag()), count, conversation.closed_at && t("conversations.closed")];
    when.textContent = facts.filter(Boolean).join(" · ");
    if (conversation.picture_url)
      thumb.replaceWith(
        Object.assign(new Image(52, 52), { src: conversation.picture_url, alt: "", className: "thumb" }),
      );
    const current = conversation.conversation_id === this.#context.state.view;
    row.classList.toggle("current", current);
    if (current) open.setAttribute("aria-current", "true");
    open.addEventListener("click", () => this.#leave(() => this.#context.conversationActions.open(conversation.conversation_id)));
    more.setAttribute("aria-label", t("conversations.menu", { title: name }));
    more.addEventListener("click", () => new ConversationMenu({ ...this.#context, row, conversation, name }));
    return row;
  }

  #leave(then) {
    this.#context.dialogs.close("conversations");
    then();
  }
}
