// The titles of a folder's templates in both languages, a row for each, in the order they are shown in.

import { element } from "../dom.js";
import { label } from "../i18n.js";

const LANGUAGES = {
  en: { lang: "en", key: "templates.folder.titles.en" },
  zh: { lang: "zh-CN", key: "templates.folder.titles.zh" },
};

/**
 * What `folder.toml` then says, as entries: the rows in their order, without empty ones, then `kept` that have no row; null
 * for none. Their order is shown, and an object would put a template named "1" first.
 */
export function titlesOf(rows, kept = {}) {
  const written = rows
    .map(({ name, ...title }) => [name, Object.fromEntries(Object.entries(title).filter(([, words]) => words))])
    .filter(([, title]) => Object.keys(title).length);
  const named = new Set(rows.map(({ name }) => name));
  const titles = [...written, ...Object.entries(kept).filter(([name]) => !named.has(name))];
  return titles.length ? titles : null;
}

export class TitleRows {
  #home;
  #rows = [];
  #kept = {};

  constructor(home) {
    this.#home = home;
  }

  get value() {
    const read = ({ name, inputs }) => ({ name, ...Object.fromEntries(inputs.map(([l, input]) => [l, input.value.trim()])) });
    return titlesOf(this.#rows.map(read), this.#kept);
  }

  /** `names` of the folder's templates, `titles` as `folder.toml` has them. */
  fill(names, titles = {}) {
    this.#kept = titles;
    this.#rows = names.map((name) => ({ name, inputs: this.#inputs(name, titles[name] ?? {}) }));
    this.#home.hidden = names.length === 0;
    this.#home.querySelector("[data-rows]").replaceChildren(...this.#rows.map((row) => this.#row(row)));
  }

  // ---- Internal ----

  #inputs(name, title) {
    return Object.entries(LANGUAGES).map(([language, { lang, key }]) => {
      const value = title[language] ?? "";
      const input = element("input", { className: "in", lang, autocomplete: "off", maxLength: 200, value });
      input.dataset.titleOf = `${name} ${language}`;
      label(input, key, { name });
      return [language, input];
    });
  }

  #row({ name, inputs }) {
    const words = element("p", { className: "hint", textContent: name });
    const both = element("div", { className: "two" }, ...inputs.map(([, input]) => input));
    return element("li", { className: "field" }, words, both);
  }
}
