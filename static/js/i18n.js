// Words in the reader's language. `say` writes a sentence into an element and remembers its key, so that `translate` can
// write it anew when the language changes; markup names its keys in data-t, data-t-label, data-t-title, data-t-placeholder.

import { en } from "./words/en.js";
import { zh } from "./words/zh.js";

const TABLES = { en: { ...en }, zh: { ...zh } };
let language = "en";

export const currentLanguage = () => language;
export const localeTag = () => (language === "zh" ? "zh-CN" : "en-GB");

/** Sentences that only one page needs. */
export function addWords(tables) {
  for (const [name, words] of Object.entries(tables)) Object.assign(TABLES[name], words);
}

export function setLanguage(next) {
  language = next.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const hasWords = (key) => key in TABLES[language];

/** The sentence for a key; {name} is replaced from `values`. An entry with | has a singular first, chosen by `values.n`. */
export function t(key, values = {}) {
  const entry = TABLES[language][key] ?? key;
  const [one, other = one] = entry.split("|");
  return (values.n === 1 ? one : other).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** The name of a folder or template in the reader's language. */
export const titleOf = (record) => record?.title?.[language] ?? record?.title?.en ?? record?.name ?? "";

/** The name of an infotext's field: the reader's word for the usual ones, else as the painter wrote it. */
export function fieldName(name) {
  const key = `field.${name.toLowerCase().replace(/\W+/g, "_")}`;
  return hasWords(key) ? t(key) : name;
}

/** What happened, in words: the table's sentence for the code, else the server's own. */
export function errorWords(error) {
  const code = error?.code ?? "internal";
  const retry = error?.detail?.retry_after_s;
  const field = error?.detail?.field;
  const [, setting] = /^overrides\.(\w+)/.exec(field) ?? [];
  const key = [`error.${code}.${field}`, setting && `error.${code}.setting`, `error.${code}`].find(hasWords);
  const named = hasWords(`setting.${setting}`) ? t(`setting.${setting}`) : setting;
  const words = key ? t(key, { field: named }) : error?.message || t("error.internal");
  return retry ? `${words} ${t("error.retry_after", { n: Math.ceil(retry) })}` : words;
}

export function say(element, key, values) {
  element.dataset.t = key;
  if (values) element.dataset.tValues = JSON.stringify(values);
  else delete element.dataset.tValues;
  const words = t(key, values);
  if (element.textContent !== words) element.textContent = words;
}

export function label(element, key, values) {
  element.dataset.tLabel = key;
  if (values) element.dataset.tValues = JSON.stringify(values);
  element.setAttribute("aria-label", t(key, values));
}

export function translate(root) {
  const valuesOf = (element) => JSON.parse(element.dataset.tValues ?? "{}");
  for (const element of root.querySelectorAll("[data-t]"))
    element.textContent = t(element.dataset.t, valuesOf(element));
  for (const element of root.querySelectorAll("[data-t-label]"))
    element.setAttribute("aria-label", t(element.dataset.tLabel, valuesOf(element)));
  for (const element of root.querySelectorAll("[data-t-title]")) element.title = t(element.dataset.tTitle);
  for (const element of root.querySelectorAll("[data-t-placeholder]"))
    element.placeholder = t(element.dataset.tPlaceholder);
}
