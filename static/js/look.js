// Theme and language: their two switches, and what this browser remembers of them. early.js sets both before the first paint.

import { currentLanguage, label, setLanguage, translate } from "./i18n.js";
import { browserStore } from "./preferences.js";

const THEMES = ["system", "light", "dark"];

export class Look {
  #theme = document.querySelector("[data-theme-switch]");
  #toast;
  #changed;

  /** `toast(key)` says a new theme, `changed()` is called after the language has changed. */
  constructor({ toast, changed }) {
    this.#toast = toast;
    this.#changed = changed;
    document.querySelector("[data-lang-switch]").addEventListener("click", () => this.#switchLanguage());
    this.#theme.addEventListener("click", () => this.#switchTheme());
    this.#nameTheme();
  }

  // ---- Internal ----

  #switchLanguage() {
    const next = currentLanguage() === "zh" ? "en" : "zh-CN";
    browserStore.set("language", next);
    document.documentElement.lang = next;
    setLanguage(next);
    translate(document);
    this.#nameTheme();
    this.#changed();
  }

  #switchTheme() {
    const next = THEMES[(THEMES.indexOf(browserStore.get("theme", "system")) + 1) % THEMES.length];
    browserStore.set("theme", next);
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    this.#nameTheme();
    this.#toast(`theme.${next}`);
  }

  #nameTheme() {
    label(this.#theme, `theme.${browserStore.get("theme", "system")}`);
  }
}
