// Small things about elements: cloning a <template>, finding its named parts, icons. Text always goes in as text.

import { at } from "./address.js";
import { translate } from "./i18n.js";

/** A fresh copy of <template id="…">'s one element, in the reader's language. */
export function clone(id) {
  const fragment = document.getElementById(id).content.cloneNode(true);
  translate(fragment);
  return fragment.firstElementChild;
}

/** The elements marked data-part="name" under `root`, by name. */
export function parts(root) {
  return Object.fromEntries(
    [...root.querySelectorAll("[data-part]")].map((element) => [element.dataset.part, element]),
  );
}

export function icon(name, extra = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `i ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", at(`/static/icons.svg#i-${name}`));
  svg.append(use);
  return svg;
}

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Fill a <dl> with [name, value] pairs. */
export function fillFacts(list, pairs) {
  list.replaceChildren(
    ...pairs.flatMap(([name, value]) => [
      element("dt", { textContent: name }),
      element("dd", { textContent: value, title: value }),
    ]),
  );
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // plain http on another machine has no clipboard API
  }
}

function copyBySelection(text) {
  const field = element("textarea", { value: text, className: "vh" });
  (document.querySelector("dialog:modal") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
