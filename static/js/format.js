// Pure: numbers, times and parameters as text. Knows no words: sentences are in words/.

/** Columns and rows of a grid of `count` pictures. */
export function gridOf(count) {
  const columns = Math.max(1, Math.ceil(Math.sqrt(count)));
  return { columns, rows: Math.max(1, Math.ceil(count / columns)) };
}

/** Width over height of the sheet that `count` pictures of this size fill. */
export function sheetRatio({ width, height, count }) {
  if (!width || !height) return 1;
  const { columns, rows } = gridOf(count || 1);
  return (width * columns) / (height * rows);
}

export const size = (width, height) => (width && height ? `${width} × ${height}` : "");

/** Hour and minute of a server time (seconds since 1970) in the reader's zone. */
export function clock(seconds, language) {
  return new Date(seconds * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });
}

/** Which heading of the list of conversations a time belongs to: today, yesterday or earlier. */
export function dayOf(seconds, now = Date.now()) {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const at = seconds * 1000;
  if (at >= midnight) return "today";
  return at >= new Date(midnight).setDate(new Date(midnight).getDate() - 1) ? "yesterday" : "earlier";
}

/** "3rd", or the bare figure where the language puts its own words around it. */
export function ordinal(n, language) {
  if (!language.startsWith("en")) return String(n);
  const suffix = { one: "st", two: "nd", few: "rd", other: "th" }[
    new Intl.PluralRules("en", { type: "ordinal" }).select(n)
  ];
  return `${n}${suffix}`;
}

export const percent = (fraction) => `${Math.round((fraction ?? 0) * 100)}%`;

/** English words or Chinese characters, for the counter over a prompt. */
export const countWords = (text) => (text.match(/[\p{Script=Han}]|[\p{L}\p{N}'’-]+/gu) ?? []).length;

/**
 * The parts of an A1111 infotext: {prompt, negative, fields: [[name, value]]}. Values that hold commas are quoted there.
 */
export function parseInfotext(infotext) {
  const lines = (infotext ?? "").trim().split("\n");
  const last = /^\w[\w \-/]*: /.test(lines.at(-1) ?? "") && /Steps: /.test(lines.at(-1)) ? lines.pop() : "";
  const cut = lines.findIndex((line) => line.startsWith("Negative prompt: "));
  const prompt = (cut < 0 ? lines : lines.slice(0, cut)).join("\n");
  const negative = cut < 0 ? "" : lines.slice(cut).join("\n").slice("Negative prompt: ".length);
  const fields = [...last.matchAll(/\s*([\w \-/]+):\s*("(?:\\.|[^"\\])*"|[^,]*)(?:,|$)/g)];
  return {
    prompt,
    negative,
    fields: fields.map(([, name, value]) => [name.trim(), value.trim().replace(/^"|"$/g, "")]),
  };
}

/** Whether a text takes more than `lines` of about 25 letters (a Chinese character takes two). */
export function isLong(text, lines) {
  const wide = (text.match(/\p{Script=Han}/gu) ?? []).length;
  return text.length + wide > lines * 25;
}

/** Where the person's own words stand in a prompt: [[start, end]], neighbours joined, short and common words left out. */
export function ownWords(said, prompt) {
  const wanted = new Set((said.toLowerCase().match(/[\p{L}]{4,}/gu) ?? []).filter((word) => !COMMON.has(word)));
  const found = [...prompt.matchAll(/[\p{L}]+/gu)].filter(([word]) => wanted.has(word.toLowerCase()));
  const places = [];
  for (const match of found) {
    const end = match.index + match[0].length;
    const last = places.at(-1);
    if (last && prompt.slice(last[1], match.index) === " ") last[1] = end;
    else places.push([match.index, end]);
  }
  return places;
}

const COMMON = new Set(
  "with from that this than then into over under have just before after when where some very like please draw paint picture image".split(
    " ",
  ),
);
