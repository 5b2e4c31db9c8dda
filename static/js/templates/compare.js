// Pure: what differs between two templates, leaf by leaf, in the order of the newer one.

const SHOWN_LETTERS = 400;

/** [{path, before, after}] with values as text; "" where there is none. */
export function differences(before, after) {
  const old = leaves(before);
  const now = leaves(after);
  const paths = [...new Set([...now.keys(), ...old.keys()])];
  return paths
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: shown(old.get(path)), after: shown(now.get(path)) }));
}

/** Whether two templates say the same; the order of names does not count. */
export const same = (one, other) => differences(one, other).length === 0;

// ---- Internal ----

/** Every leaf by its path, as JSON text. */
function leaves(value, path = "", found = new Map()) {
  const inside = value !== null && typeof value === "object" ? Object.entries(value) : [];
  if (inside.length === 0) return value === undefined ? found : found.set(path, JSON.stringify(value));
  for (const [name, one] of inside) leaves(one, path ? `${path}.${name}` : name, found);
  return found;
}

function shown(json) {
  if (json === undefined) return "";
  const value = JSON.parse(json);
  const text = typeof value === "string" ? value : json;
  if (text.startsWith("data:")) return text.slice(5, text.indexOf(";"));
  return text.length > SHOWN_LETTERS ? `${text.slice(0, SHOWN_LETTERS)}…` : text;
}
