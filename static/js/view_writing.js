// The sheet while the prompt is written on it: pieces go to the end of one text node, only the newest is faded in.

import { clone, parts } from "./dom.js";
import { countWords } from "./format.js";
import { say } from "./i18n.js";

export class WritingSheet {
  element = clone("sheet-writing");
  #parts = parts(this.element);
  #text = document.createTextNode("");
  #fresh = null;

  constructor({ actions, follower, connection }) {
    this.follower = follower;
    this.connection = connection;
    this.#parts.text.append(this.#text);
    this.#parts.stop.addEventListener("click", () => actions.stop());
  }

  update({ live, reply, phase }) {
    const text = live?.text ?? reply?.content ?? "";
    if (text !== this.#whole()) this.#set(text);
    const sending = phase === "sending";
    this.#parts.stop.hidden = sending;
    this.#parts.esc.hidden = sending;
    if (sending) say(this.#parts.doing, this.connection.status === "online" ? "turn.sending" : "turn.waits");
    else say(this.#parts.doing, text ? "turn.writing" : "turn.thinking");
  }

  append(piece) {
    if (!this.#whole()) say(this.#parts.doing, "turn.writing");
    this.follower.keep(() => {
      this.#settle();
      this.#fresh = document.createElement("span");
      this.#fresh.className = "fresh";
      this.#fresh.textContent = piece;
      this.#parts.text.append(this.#fresh);
    });
    this.#count();
  }

  // ---- Internal ----

  #whole() {
    return this.#text.data + (this.#fresh?.textContent ?? "");
  }

  #settle() {
    if (!this.#fresh) return;
    this.#text.appendData(this.#fresh.textContent);
    this.#fresh.remove();
    this.#fresh = null;
  }

  #set(text) {
    this.#settle();
    this.#text.data = text;
    this.#count();
  }

  #count() {
    const n = countWords(this.#whole());
    if (n) say(this.#parts.count, "turn.words", { n });
  }
}
