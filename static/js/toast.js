// One short message at a time at the foot of the page; gone by itself, and it waits while it is pointed at.

import { t } from "./i18n.js";

const SHOWN_MS = 4_000;

export class Toast {
  #box = document.querySelector("[data-toast]");
  #timer = null;

  constructor() {
    this.#box.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    this.#box.addEventListener("pointerleave", () => this.#hideLater());
  }

  show(words) {
    (document.querySelector("dialog:modal") ?? document.body).append(this.#box); // over a modal it has to be inside
    this.#box.textContent = words;
    this.#box.hidden = false;
    this.#hideLater();
  }

  say(key) {
    this.show(t(key));
  }

  #hideLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#box.hidden = true), SHOWN_MS);
  }
}
