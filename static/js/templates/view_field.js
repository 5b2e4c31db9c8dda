// One field of the form: its name, its range, its control, and beside it what is wrong with what was typed.

import { element, icon } from "../dom.js";
import { hasWords, say } from "../i18n.js";
import { controlFor } from "./controls.js";
import { lastName } from "./fields.js";
import { PictureField } from "./view_picture.js";
import { rangeOf } from "./values.js";

let count = 0;

export class FieldView {
  problem = null;
  #error = element("p", { className: "err", hidden: true });
  #words = element("span");

  /** `place` is the field's path in the template; `write(value)` puts a value into the JSON. */
  constructor({ field, place, value, offers, write, address }) {
    this.place = place;
    const ranged = rangeOf(field, offers);
    const id = `field-${(count += 1)}`;
    const changed = (typed, problem, values) => {
      write(typed);
      this.show(problem, values);
    };
    const view = field.kind === "picture" ? new PictureField({ value, address, changed }) : null;
    this.input = view?.input ?? controlFor(ranged, value, { offers, changed });
    this.input.id = id;
    this.input.setAttribute("aria-describedby", `${id}-err`);
    this.#error.id = `${id}-err`;
    this.#error.append(icon("warn", "s"), this.#words);
    this.element = element("div", { className: `field ${field.kind}` });
    this.element.classList.toggle("wide", Boolean(field.wide) || ["lines", "names", "json"].includes(field.kind));
    this.element.dataset.field = place;
    this.element.append(...this.#inside(field, ranged, id, view));
  }

  /** Say what is wrong: the key of a sentence; null when nothing is. A warning does not keep from saving. */
  show(key, values) {
    this.problem = key?.startsWith("problem.") ? key : null;
    this.input.setAttribute("aria-invalid", String(Boolean(this.problem)));
    this.#error.classList.toggle("soft", Boolean(key) && !this.problem);
    this.#error.hidden = !key;
    if (key) say(this.#words, key, values);
  }

  /** Say what the server says of it; that does not keep from asking again. */
  refuse(words) {
    this.show("problem.server", { words });
    this.problem = null;
  }

  // ---- Internal ----

  #inside(field, { min, max }, id, view) {
    const name = element("span");
    say(name, nameKey(field.path));
    if (field.kind === "switch") {
      const label = element("label", { className: "switch" }, this.input, name);
      return [label, this.#error];
    }
    const label = element("label", { className: "lab", htmlFor: id }, name);
    if (field.kind === "number" && known(min) && known(max) && max < 10_000) {
      label.append(element("span", { className: "range num", textContent: `${min} – ${max}` }));
    }
    const lists = this.input.nameList ? [this.input.nameList] : [];
    const shown = view?.element ?? this.input;
    return [...(field.slot ? [this.#withSlot(label)] : [label]), shown, ...lists, this.#error];
  }

  /** The name beside a button that puts {prompt} where the cursor is. */
  #withSlot(label) {
    const words = element("span", { className: "vh" });
    say(words, "editor.slot");
    const button = element("button", { type: "button", className: "slot" }, words, "{prompt}");
    button.addEventListener("click", () => {
      this.input.setRangeText("{prompt}", this.input.selectionStart, this.input.selectionEnd, "end");
      this.input.dispatchEvent(new Event("input"));
      this.input.focus();
    });
    return element("div", { className: "lab-row" }, label, button);
  }
}

const known = (limit) => limit !== null && limit !== undefined;

/** Words for a field's name, also for one that only the JSON knows. */
export const nameKey = (path) => {
  const key = `param.${lastName(path).toLowerCase()}`;
  return hasWords(key) ? key : "param.other";
};
