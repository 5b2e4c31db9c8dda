// The form of one template: groups of fields, ControlNet's units, and the JSON of everything that has no control. It writes
// into the template it was given and tells `changed` after each change.

import { clone, element, icon, parts } from "../dom.js";
import { say } from "../i18n.js";
import { same } from "./compare.js";
import * as json from "./document.js";
import { FILE_FIELDS, UNIT_FIELDS, fits, groupsOf } from "./fields.js";
import { FieldView } from "./view_field.js";

const OPEN_AT_FIRST = ["words", "size", "sampling"];

export class FormView {
  #home;
  #changed;
  #template;
  #offers = {};
  #inputs = {};
  #rows = [];
  #opened = new Set(OPEN_AT_FIRST);

  constructor({ home, changed }) {
    this.#home = home;
    this.#changed = changed;
  }

  /** `locked`: to be looked at only. */
  show({ template, offers, inputs, locked }) {
    this.#home.disabled = locked;
    this.#template = template;
    this.#offers = offers;
    this.#inputs = inputs;
    this.draw();
  }

  draw() {
    this.#rows = [];
    const groups = groupsOf(this.#template.template_type).map((group) =>
      this.#group(
        group.name,
        group.fields.map((field) => this.#field(this.#template, field, field.path)),
      ),
    );
    this.#home.replaceChildren(...groups, this.#units(), this.#rest());
  }

  /** The first field that keeps from saving, or null. */
  get problem() {
    return this.#rows.find((row) => row.problem) ?? null;
  }

  /** Say what the server refuses beside the field it names; false when there is no such field. */
  refuse(path, words) {
    const row = this.#rows.find((one) => one.place === path) ?? this.#rows.find((one) => ends(path, one.place));
    if (!row) return false;
    row.refuse(words);
    this.reveal(row);
    return true;
  }

  reveal(row) {
    row.input.closest("details").open = true;
    row.input.focus();
  }

  // ---- Internal ----

  #group(name, rows, more = []) {
    const group = clone("group");
    const { title, fields } = parts(group);
    say(title, `group.${name}`);
    group.dataset.group = name;
    group.open = this.#opened.has(name) || rows.some((row) => row.filled);
    group.addEventListener("toggle", () => this.#opened[group.open ? "add" : "delete"](name));
    fields.append(...rows.map((row) => row.element), ...more);
    return group;
  }

  #field(root, field, place, written = () => {}, input = field.which) {
    const path = json.placeOf(root, field);
    const stored = json.read(root, path);
    const shown = fits(field, stored) ? stored : undefined; // what is too odd for the control stands in the JSON
    const row = new FieldView({
      field,
      place,
      value: field.inList ? shown?.[0] : shown,
      offers: this.#offers,
      address: this.#inputs[input],
      write: (value) => {
        json.write(root, path, field.inList && value !== undefined ? [value] : value);
        written();
        this.#changed();
      },
    });
    row.filled = stored !== undefined && stored !== null && !["", false].includes(stored);
    this.#rows.push(row);
    return row;
  }

  #units() {
    const units = json.unitsOf(this.#template);
    const drawn = units.map((unit, n) => this.#unit(units, unit, n));
    const add = element("button", { type: "button", className: "btn small" }, icon("plus", "s"), element("span"));
    say(add.lastChild, "editor.unit.add");
    add.dataset.addUnit = "";
    add.addEventListener("click", () => {
      this.#opened.add("controlnet");
      this.#setUnits([...units, json.newUnit()]);
      this.#home.querySelector(".unit:last-of-type input").focus();
    });
    const group = this.#group("controlnet", [], [...drawn, add]);
    group.open ||= units.length > 0;
    return group;
  }

  #unit(units, unit, n) {
    const box = clone("unit");
    const { title, remove, fields } = parts(box);
    say(title, "editor.unit", { n: n + 1 });
    const written = () => json.setUnits(this.#template, units);
    const inside = `api_model.alwayson_scripts.ControlNet.args.${n}`;
    const input = (field) => (n === 0 ? field.which : `${field.which}_${n + 1}`);
    const rows = UNIT_FIELDS.map((field) => this.#field(unit, field, `${inside}.${field.path}`, written, input(field)));
    const other = () => json.otherUnitFields(unit);
    rows.push(this.#json(inside, other, (value) => json.setOtherUnitFields(unit, value)));
    fields.append(...rows.map((row) => row.element));
    remove.addEventListener("click", () => {
      this.#setUnits(units.filter((one) => one !== unit));
      this.#home.querySelector("[data-add-unit]").focus();
    });
    return box;
  }

  #setUnits(units) {
    json.setUnits(this.#template, units);
    this.#changed();
    this.draw();
  }

  #rest() {
    const other = () => json.otherFields(this.#template);
    const row = this.#json("api_model", other, (value) => json.setOtherFields(this.#template, value));
    row.filled = Object.keys(other()).length > 0;
    const file = FILE_FIELDS.map((field) => this.#field(this.#template, field, field.path));
    for (const one of file) one.filled = false;
    return this.#group("other", [row, ...file]);
  }

  /** The JSON of what has no control; it may name what has one, so the form is drawn anew. */
  #json(place, now, set) {
    const row = new FieldView({
      field: { kind: "json", path: "other" },
      place,
      value: now(),
      offers: {},
      write: (typed) => {
        if (typed === undefined) return;
        set(typed);
        this.#changed();
        if (!same(now(), typed)) this.draw();
      },
    });
    this.#rows.push(row);
    return row;
  }
}

/** Whether a path the server names ends with a field's own: it may leave out `api_model`. */
const ends = (path, place) => Boolean(path) && (place.endsWith(`.${path}`) || path.endsWith(`.${place}`));
