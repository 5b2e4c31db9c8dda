// Pure: a template's JSON, read and written field by field in place, so that whatever the form does not know stays as it
// was written. Paths are names with dots; a number is a place in a list.

import { GROUPS, UNIT_FIELDS, fits } from "./fields.js";

const NEW = { template_name: "", template_type: "txt2img", options: "default", api_model: { prompt: "{prompt}" } };
const CONTROLLED = GROUPS.flatMap((group) => group.fields);

export const newTemplate = () => structuredClone(NEW);

export function read(root, path) {
  return path.split(".").reduce((inside, name) => inside?.[name], root);
}

/** Set the value at `path`, or take it away (undefined) together with what it leaves empty. */
export function write(root, path, value) {
  const names = path.split(".");
  if (value === undefined) return void remove(root, names);
  const last = names.pop();
  let inside = root;
  for (const [n, name] of names.entries()) {
    if (inside[name] === null || typeof inside[name] !== "object") {
      inside[name] = /^\d+$/.test(names[n + 1] ?? last) ? [] : {};
    }
    inside = inside[name];
  }
  inside[last] = value;
}

/** The path a field's value stands at: an older name of the field counts where only that is there. */
export function placeOf(root, field) {
  const older = field.older && read(root, field.older);
  return older !== undefined && older !== null && older !== "" && !read(root, field.path) ? field.older : field.path;
}

// ---- ControlNet ----

const controlName = (template) =>
  Object.keys(template.api_model.alwayson_scripts ?? {}).find((name) => name.toLowerCase() === "controlnet");

/** The units as written: the very objects. The article's tool wrote one object where a list belongs. */
export function unitsOf(template) {
  const args = template.api_model.alwayson_scripts?.[controlName(template)]?.args;
  if (args === undefined || args === null) return [];
  return Array.isArray(args) ? args : [args];
}

/** Put these units in place of those that are there; the last one takes its script with it. */
export function setUnits(template, units) {
  const name = controlName(template) ?? "ControlNet";
  if (units.length) return write(template, `api_model.alwayson_scripts.${name}.args`, units);
  return write(template, `api_model.alwayson_scripts.${name}`, undefined);
}

/** Put a picture where the server's word for a place says: `init_image`, `mask`, `control_image`, `control_mask_2` … */
export function setInput(template, place, picture) {
  const [, name, n = "1"] = place.match(/^(\w+?)(?:_(\d+))?$/);
  if (name === "init_image") return write(template, `api_model.init_images.${n - 1}`, picture);
  if (name === "mask") return write(template, "api_model.mask", picture);
  const unit = unitsOf(template)[n - 1];
  if (unit) unit[name.replace("control_", "")] = picture;
  return undefined;
}

export const newUnit = () => ({ enabled: true, module: "none", model: "", weight: 1 });

// ---- What has no control ----

/** The part of the payload without a control of its own, as an object to be shown as JSON. */
export function otherFields(template) {
  const rest = structuredClone(template);
  const units = unitsOf(template);
  if (units.every(isUnit)) setUnits(rest, []);
  takeShown(rest, CONTROLLED);
  return rest.api_model ?? {};
}

/** Replace that part of the payload by `other`; what has a control stays. */
export function setOtherFields(template, other) {
  const kept = shownOf(template);
  const units = unitsOf(template);
  template.api_model = structuredClone(other);
  for (const [path, value] of kept) write(template, path, value);
  if (units.length && units.every(isUnit)) setUnits(template, units);
}

/** As `otherFields`, of one unit. */
export function otherUnitFields(unit) {
  const rest = structuredClone(unit);
  takeShown(rest, UNIT_FIELDS);
  return rest;
}

export function setOtherUnitFields(unit, other) {
  const shown = Object.fromEntries(shownPaths(unit, UNIT_FIELDS).map((path) => [path, unit[path]]));
  for (const name of Object.keys(unit)) delete unit[name];
  Object.assign(unit, shown, structuredClone(other));
}

// ---- Internal ----

const isUnit = (unit) => unit !== null && typeof unit === "object" && !Array.isArray(unit);

function remove(root, names) {
  const way = [root];
  for (const name of names.slice(0, -1)) {
    if (way.at(-1)?.[name] === undefined || way.at(-1)[name] === null) return;
    way.push(way.at(-1)[name]);
  }
  for (let n = names.length - 1; n >= 0; n -= 1) {
    if (Array.isArray(way[n])) way[n].splice(Number(names[n]), 1);
    else delete way[n][names[n]];
    if (n === 1 || Object.keys(way[n]).length) return; // the payload itself stays
  }
}

/** Where these fields stand in `root` with a value their control can show. */
function shownPaths(root, fields) {
  const paths = fields.flatMap((field) =>
    [field.path, field.older].filter((path) => path && read(root, path) !== undefined && fits(field, read(root, path))),
  );
  return [...new Set(paths)];
}

const shownOf = (template) => shownPaths(template, CONTROLLED).map((path) => [path, read(template, path)]);

function takeShown(root, fields) {
  for (const path of shownPaths(root, fields)) write(root, path, undefined);
}
