// One control for one field: it shows the value of the JSON, and tells `changed(value, problem)` what was typed; undefined
// takes the field away. Kinds are those of `fields.js`; pictures have a file of their own.

import { element } from "../dom.js";
import { label, say, t } from "../i18n.js";
import { lastName } from "./fields.js";
import { offered, optionOf, optionValue, parseNames, parseNumber, parseObject, showObject } from "./values.js";

let lists = 0;

/** The input for a field; `offers` is what the backend offers. */
export function controlFor(field, value, { offers, changed }) {
  return KINDS[field.kind](field, value, { offers, changed });
}

const KINDS = {
  text: (field, value, { changed }) => {
    const input = element("input", { className: "in", type: "text", value: value ?? "", autocomplete: "off" });
    input.addEventListener("input", () => changed(input.value || undefined));
    return input;
  },

  lines: (field, value, { changed }) => {
    const input = element("textarea", { className: "in", rows: field.slot ? 4 : 3, value: value ?? "", lang: "en" });
    input.addEventListener("input", () => changed(input.value || undefined));
    return input;
  },

  number: (field, value, { changed }) => {
    const { min, max, step, usual, whole } = field;
    const input = element("input", { className: "in num", type: "number", inputMode: whole ? "numeric" : "decimal" });
    Object.assign(input, {
      min: min ?? "",
      max: max ?? "",
      step: step ?? (whole ? 1 : 0.1),
      value: value ?? "",
      autocomplete: "off",
    });
    if (usual !== null && usual !== undefined) input.placeholder = String(usual);
    input.addEventListener("input", () => {
      const { value: typed, problem, range } = parseNumber(input.value, field, input.validity.badInput);
      changed(typed, problem, range);
    });
    return input;
  },

  switch: (field, value, { changed }) => {
    const input = element("input", { type: "checkbox", checked: value ?? field.on ?? false });
    input.setAttribute("role", "switch");
    input.addEventListener("change", () => changed(input.checked));
    return input;
  },

  choice: (field, value, { offers, changed }) => {
    const names = offered(offers, field.list);
    const input = element("input", { className: "in", type: "text", value: value ?? "", autocomplete: "off" });
    input.addEventListener("input", () => changed(input.value || undefined, unknown(input.value, names)));
    input.dataset.tPlaceholder = "option.unset";
    input.placeholder = t("option.unset");
    listed(input, names);
    return input;
  },

  names: (field, value, { offers, changed }) => {
    const names = offered(offers, field.list);
    const shown = (value ?? []).join(", ");
    const input = element("input", { className: "in", type: "text", value: shown, autocomplete: "off" });
    input.addEventListener("input", () => changed(parseNames(input.value)));
    listed(input, names);
    return input;
  },

  options: (field, value, { changed }) => {
    const name = lastName(field.path);
    const unset = option("", "option.unset");
    const known = field.words.map((word, n) => option(n, `option.${name}.${word}`));
    const input = element("select", { className: "in" }, unset, ...known);
    const at = value === null || value === undefined ? "" : optionOf(field, value);
    if (at === -1) input.append(element("option", { value: "-1", textContent: String(value) }));
    input.value = String(at);
    let before = value;
    input.addEventListener("change", () => {
      if (input.value !== "-1")
        before = input.value === "" ? undefined : optionValue(field, Number(input.value), before);
      changed(input.value === "-1" ? value : before);
    });
    return input;
  },

  json: (field, value, { changed }) => {
    const input = element("textarea", { className: "in mono", rows: 5, value: showObject(value), spellcheck: false });
    label(input, "param.other");
    input.addEventListener("change", () => {
      const { value: typed, problem } = parseObject(input.value);
      changed(typed, problem);
    });
    return input;
  },
};

function option(value, key) {
  const made = element("option", { value });
  say(made, key);
  return made;
}

function listed(input, names) {
  if (!names.length) return;
  const list = element(
    "datalist",
    { id: `names-${(lists += 1)}` },
    ...names.map((value) => element("option", { value })),
  );
  input.setAttribute("list", list.id);
  input.nameList = list;
}

/** A name that the backend does not list is said, not forbidden: the list may be another backend's. */
const unknown = (typed, names) => (typed && names.length && !names.includes(typed) ? "warning.unlisted" : undefined);
