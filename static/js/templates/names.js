// Pure: names of templates and folders: the first free one, and whether one can be a file.

/** `template1`, `template2` …: the first that is not taken, as the article's tool names what has no name. */
export function freeName(stem, taken) {
  const used = new Set(taken);
  let n = 1;
  while (used.has(`${stem}${n}`)) n += 1;
  return `${stem}${n}`;
}

/** The key of what is wrong with a name, or null. Folders inside a folder are part of a template's name. */
export function nameProblem(name, { folder = false } = {}) {
  const parts = folder ? [name] : name.split("/");
  const bad = parts.some((part) => !part || part.startsWith(".") || /[\\<>:"|?*\u0000-\u001f]/.test(part));
  if (bad || (folder && name.includes("/"))) return "problem.name";
  return null;
}
