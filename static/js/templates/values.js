// Pure: what a control shows for a value of the JSON, and the value for what was typed, with what is wrong about it.

const PICTURE_SHOWN = 24;

/** The number typed, and the key of the sentence that says what is wrong: {value, problem, range}. */
export function parseNumber(typed, { whole, min, max }, bad = false) {
  const words = typed.trim();
  if (!words && !bad) return { value: undefined };
  const value = Number(words);
  if (bad || !Number.isFinite(value) || !words) return { value: undefined, problem: "problem.number" };
  if (whole && !Number.isInteger(value)) return { value, problem: "problem.whole" };
  const low = min ?? -Infinity;
  const high = max ?? Infinity;
  if (value >= low && value <= high) return { value };
  if (high === Infinity) return { value, problem: "problem.least", range: { min } };
  return { value, problem: "problem.range", range: { min, max } };
}

/** Names written with commas between them. */
export const parseNames = (typed) => {
  const names = typed
    .split(/[,，\n]/)
    .map((name) => name.trim())
    .filter(Boolean);
  return names.length ? names : undefined;
};

/** An object written as JSON: {value} or {problem}. */
export function parseObject(typed) {
  if (!typed.trim()) return { value: {} };
  try {
    const value = JSON.parse(typed);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return { value };
  } catch {
    // Not JSON: said below, as anything else that is no object.
  }
  return { problem: "problem.json" };
}

export const showObject = (value) => (Object.keys(value).length ? JSON.stringify(value, null, 2) : "");

/** Which of an option's values this is: its index, or -1. */
export function optionOf(field, value) {
  const plain = field.booleans && typeof value === "boolean" ? Number(value) : value;
  const at = field.values.indexOf(plain);
  return at >= 0 ? at : (field.also?.indexOf(plain) ?? -1);
}

/** The value for a chosen option, written in the way the one before was. */
export function optionValue(field, index, before) {
  if (field.booleans && typeof before !== "number") return Boolean(field.values[index]);
  if (field.also && typeof before === "string") return field.also[index];
  return field.values[index];
}

/** The field's range here: what the backend can do narrows it. */
export function rangeOf(field, offers) {
  const limit = field.limit ? offers[field.limit] : undefined;
  return { ...field, max: limit ?? field.max };
}

/** The names a list of the backend holds, whether it is written as names, as rows, or as an object by name. */
export function offered(offers, list) {
  const all = offers[list] ?? [];
  if (!Array.isArray(all)) return Object.keys(all);
  return all.map((one) => (typeof one === "string" ? one : nameOf(one))).filter(Boolean);
}

const nameOf = (row) => row.title ?? row.label ?? row.name ?? row.model_name;

/** A picture in the JSON: a path as it is, anything longer by its kind. */
export function pictureName(value) {
  if (!value) return "";
  if (value.startsWith("data:")) return value.slice(5, value.indexOf(";"));
  return value.includes(".") ? value : `${value.slice(0, PICTURE_SHOWN)}…`;
}
