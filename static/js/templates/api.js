// The only file that knows the HTTP addresses of templates. Every call resolves with {ok: true, …} or {ok: false, error}
// and never throws; the page's cookies say who asks.

import { at } from "../address.js";
import { dataUrl } from "./files.js";

const ROOT = at("/api/v1/templates");
const FOLDERS = at("/api/v1/template-folders");

const templateAt = (folder, name) =>
  `${ROOT}/${encodeURIComponent(folder)}/${name.split("/").map(encodeURIComponent).join("/")}`;
const folderAt = (folder) => `${FOLDERS}/${encodeURIComponent(folder)}`;

export const library = () => ask("GET", ROOT);
export const offers = () => ask("GET", at("/api/v1/backend"));

export const open = (folder, name) => ask("GET", templateAt(folder, name));
export const save = (folder, name, template, version) => ask("PUT", templateAt(folder, name), { template, version });
export const copy = (folder, name, to) => ask("POST", `${templateAt(folder, name)}/copy`, to);
export const rename = (folder, name, to) => ask("POST", `${templateAt(folder, name)}/rename`, to);
export const remove = (folder, name) => ask("DELETE", templateAt(folder, name));
export const exportAddress = (folder, name) => `${templateAt(folder, name)}/export`;

/** `file` is a .json or .zip; `into` {folder, name}, both optional. */
export const importFile = (file, into) => ask("POST", `${ROOT}/import`, form({ file, ...into }));

/** A template made of {job_id}, {infotext} or {image: a PNG file}; nothing is saved. */
export const draft = (source) => ask("POST", `${ROOT}/draft`, source.image ? form(source) : source);

/** Paint {prompt, folder, template, draft, job_id}: what comes of it is told over the socket. */
export const paintTrial = (order) => ask("POST", `${ROOT}/trial`, order);

export const openFolder = (name) => ask("GET", folderAt(name));
/** `titles` in settings are entries, or null. */
export const addFolder = (settings) => ask("POST", FOLDERS, folderText(settings));
export const changeFolder = (name, settings) => ask("PATCH", folderAt(name), folderText(settings));
/** With all its templates. */
export const removeFolder = (name) => ask("DELETE", `${folderAt(name)}?with_templates=true`);

/** Show a picture of this session as what the template looks like. */
export const setPicture = (folder, name, image_id) =>
  ask("PUT", `${templateAt(folder, name)}/inputs/picture`, form({ image_id }));

/** A picture of this session as a data URL, or null when it is gone. */
export async function pictureData(id) {
  try {
    const response = await fetch(at(`/images/${encodeURIComponent(id)}`), { credentials: "same-origin" });
    return response.ok ? await dataUrl(await response.blob()) : null;
  } catch {
    return null;
  }
}

// ---- Internal ----

function form(fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) data.append(name, value);
  return data;
}

/** As JSON whose titles keep their order. */
function folderText({ titles, ...settings }) {
  const pairs = titles?.map((pair) => pair.map((part) => JSON.stringify(part)).join(":"));
  return `${JSON.stringify(settings).slice(0, -1)},"titles":${pairs ? `{${pairs}}` : null}}`;
}

/** `body`: a form, JSON as text, or what becomes JSON. */
async function ask(method, address, body) {
  const isForm = body instanceof FormData;
  const request = {
    method,
    credentials: "same-origin",
    body: body === undefined || isForm || typeof body === "string" ? body : JSON.stringify(body),
    headers: body === undefined || isForm ? {} : { "Content-Type": "application/json" },
  };
  try {
    const response = await fetch(address, request);
    return await response.json();
  } catch {
    return { ok: false, error: { code: "offline", message: "", detail: {} } };
  }
}
