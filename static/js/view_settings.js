// The drawer with the settings of the next pictures. What is offered comes from the server's painters; an empty field
// leaves it to the template.

import { element, parts } from "./dom.js";
import { errorWords, say, t } from "./i18n.js";
import { applies, fieldsFor, guidesOf, namesOf, SHAPES, sidesOf } from "./settings.js";
import { GuideFields } from "./view_guide.js";

export class SettingsView {
  #parts;
  #context;
  #backend = null;
  #guide = null;

  constructor(context) {
    this.#context = context;
    this.#parts = parts(context.dialogs.get("settings"));
    this.#parts.reset.addEventListener("click", () => {
      context.choice.setSettings({});
      this.#build();
    });
    context.choice.addEventListener("change", () => this.#isOpen && this.#arrange());
    // A painter that was away when the drawer was opened has come back.
    context.state.addEventListener("server", () => this.#isOpen && !this.#backend && this.#load());
  }

  async open() {
    this.#context.dialogs.open("settings");
    if (this.#backend) this.#build();
    const answer = await this.#load();
    if (answer.ok) return;
    if (!this.#backend) this.#build();
    this.#context.toastWords(errorWords(answer.error));
  }

  /** In another language. */
  render() {
    if (this.#isOpen) this.#build();
  }

  // ---- Internal ----

  get #isOpen() {
    return this.#context.dialogs.get("settings").open;
  }

  /** Ask what is offered. Built anew only when that has changed: somebody may be typing. */
  async #load() {
    const answer = await this.#context.actions.backend();
    if (!answer.ok || JSON.stringify(answer) === JSON.stringify(this.#backend)) return answer;
    this.#backend = answer;
    this.#build();
    return answer;
  }

  get #rows() {
    return { labelled: this.#labelled.bind(this), select: this.#select.bind(this) };
  }

  get #values() {
    return this.#context.choice.settings;
  }

  #set(name, value) {
    this.#context.choice.setSettings({ ...this.#values, [name]: value });
  }

  #build() {
    const { fields, loras, loraList, guide, guideFields } = this.#parts;
    fields.replaceChildren(...fieldsFor(this.#backend).map((field) => this.#row(field)));
    const names = namesOf(this.#backend, "loras");
    loras.hidden = names.length === 0;
    loraList.replaceChildren(...names.map((name) => this.#lora(name)));
    guide.hidden = guidesOf(this.#backend).length === 0;
    this.#guide = guide.hidden ? null : new GuideFields(this.#context, this.#backend, this.#rows);
    guideFields.replaceChildren(...(this.#guide?.elements ?? []));
    this.#arrange();
  }

  /** What makes sense only beside something else comes and goes. */
  #arrange() {
    const hasImage = Boolean(this.#context.choice.image);
    for (const field of fieldsFor(this.#backend)) {
      const row = this.#parts.fields.querySelector(`[data-field="${field.name}"]`);
      if (row) row.hidden = !applies(field, this.#values, hasImage);
    }
    this.#parts.guideHint.hidden = hasImage;
    this.#guide?.arrange();
  }

  #row(field) {
    const control = { number: this.#number, choice: this.#choice, switch: this.#switch, shape: this.#shape }[field.kind];
    return this.#labelled(`setting.${field.name}`, control.call(this, field), field.name);
  }

  #labelled(key, control, name) {
    const words = element("span");
    say(words, key);
    const row = element("label", { className: "setting" }, words, control);
    row.dataset.field = name;
    return row;
  }

  #number({ name, min, max, step }) {
    const input = element("input", { type: "number", min, max, step, value: this.#values[name] ?? "" });
    input.placeholder = t(name === "seed" ? "setting.random" : "setting.as_template");
    input.addEventListener("change", () => {
      const value = input.value === "" ? "" : Math.min(max, Math.max(min, Number(input.value)));
      input.value = value;
      this.#set(name, value);
    });
    return input;
  }

  #choice({ name, list }) {
    return this.#select(namesOf(this.#backend, list), this.#values[name], (value) => this.#set(name, value));
  }

  #select(names, value, set, first = "setting.as_template") {
    const select = element("select", {}, element("option", { value: "", textContent: t(first) }));
    select.append(...names.map((one) => element("option", { value: one, textContent: one })));
    select.value = names.includes(value) ? value : "";
    select.addEventListener("change", () => set(select.value));
    return select;
  }

  #switch({ name }) {
    const input = element("input", { type: "checkbox", checked: Boolean(this.#values[name]) });
    input.setAttribute("role", "switch");
    input.addEventListener("change", () => this.#set(name, input.checked));
    return input;
  }

  #shape({ name }) {
    const select = element("select", {}, element("option", { value: "", textContent: t("setting.as_template") }));
    const template = this.#context.choice.templateRecord();
    for (const shape of Object.keys(SHAPES)) {
      const { width, height } = sidesOf(shape, template);
      const textContent = `${t(`setting.shape.${shape}`)} · ${width} × ${height}`;
      select.append(element("option", { value: shape, textContent }));
    }
    select.value = this.#values[name] ?? "";
    select.addEventListener("change", () => this.#set(name, select.value));
    return select;
  }

  #lora(name) {
    const chosen = this.#values.loras ?? {};
    const tick = element("input", { type: "checkbox", checked: name in chosen });
    const weight = element("input", { type: "number", min: -2, max: 2, step: 0.1, value: chosen[name] ?? 1 });
    weight.setAttribute("aria-label", t("setting.weight", { name }));
    const put = () => {
      const { [name]: _, ...others } = this.#values.loras ?? {};
      this.#set("loras", tick.checked ? { ...others, [name]: Number(weight.value) } : others);
    };
    for (const input of [tick, weight]) input.addEventListener("change", put);
    return element("li", { className: "setting" }, element("label", {}, tick, element("span", { textContent: name })), weight);
  }
}
