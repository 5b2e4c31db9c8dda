// Pure: the settings of the next picture, as a person sets them, and the overrides they make. What is not set stays as the
// template has it. Names are A1111's own wherever there is one.

/** `takes` is the override that has to work on this server for the field to be shown; `list` names what is offered. */
export const FIELDS = [
  { name: "shape", kind: "shape", takes: "width" },
  { name: "batch_size", kind: "number", min: 1, max: 8, step: 1 },
  { name: "seed", kind: "number", min: 0, max: 4294967295, step: 1 },
  { name: "steps", kind: "number", min: 1, max: 150, step: 1 },
  { name: "cfg_scale", kind: "number", min: 1, max: 30, step: 0.5 },
  { name: "denoising_strength", kind: "number", min: 0, max: 1, step: 0.05, when: "image" },
  { name: "sampler_name", kind: "choice", list: "samplers" },
  { name: "scheduler", kind: "choice", list: "schedulers" },
  { name: "model", kind: "choice", list: "models", takes: "override_settings" },
  { name: "vae", kind: "choice", list: "vaes", takes: "override_settings" },
  { name: "clip_skip", kind: "number", min: 1, max: 12, step: 1, takes: "override_settings" },
  { name: "tiling", kind: "switch" },
  { name: "restore_faces", kind: "switch" },
  { name: "enable_hr", kind: "switch", when: "no image" },
  { name: "hr_scale", kind: "number", min: 1, max: 4, step: 0.25, when: "enable_hr" },
  { name: "hr_upscaler", kind: "choice", list: "upscalers", when: "enable_hr" },
  { name: "hr_second_pass_steps", kind: "number", min: 0, max: 150, step: 1, when: "enable_hr" },
  { name: "refiner_checkpoint", kind: "choice", list: "models" },
  { name: "refiner_switch_at", kind: "number", min: 0, max: 1, step: 0.05, when: "refiner_checkpoint" },
];

export const SHAPES = { square: 1, portrait: 2 / 3, landscape: 3 / 2, tall: 9 / 16, wide: 16 / 9 };
const GRAIN = 64; // sides that every model paints well

/** Whether an override has an effect on this server; who does not say so takes all. */
export const works = (backend, name) => !backend?.fields?.length || backend.fields.includes(name);

/** The ControlNet modules that can guide a picture here. A painter may know them for a look alone. */
export const guidesOf = (backend) => (works(backend, "controlnet") ? Object.keys(backend?.controlnet_modules ?? {}) : []);

/** The fields that can be set here: those that have an effect on this server, and a list to choose from. */
export function fieldsFor(backend) {
  return FIELDS.filter(({ name, takes = name, kind, list }) => {
    if (!works(backend, takes)) return false;
    return kind !== "choice" || namesOf(backend, list).length > 0;
  });
}

/** The names in one of the backend's lists, whose rows A1111 names in two ways. */
export const namesOf = (backend, list) => (backend?.[list] ?? []).map((row) => row.name ?? row.model_name ?? row);

/** Whether a field makes sense beside what else is set. */
export function applies({ when }, values, hasImage) {
  if (!when) return true;
  if (when === "image") return hasImage;
  if (when === "no image") return !hasImage;
  return Boolean(values[when]);
}

/** Width and height of a shape with as many pixels as the template has. */
export function sidesOf(shape, template) {
  const area = (template?.width ?? 512) * (template?.height ?? 512);
  const ratio = SHAPES[shape];
  const side = (length) => Math.max(GRAIN, Math.round(length / GRAIN) * GRAIN);
  return { width: side(Math.sqrt(area * ratio)), height: side(Math.sqrt(area / ratio)) };
}

/**
 * What `generate` gets. A guide (ControlNet) takes the picture for itself: then it is not what the painting starts from.
 * Returns {overrides, guided}.
 */
export function overridesOf(values, { template, image, backend }) {
  const overrides = {};
  for (const field of fieldsFor(backend)) {
    const value = values[field.name];
    if (value === undefined || value === null || value === "" || value === false) continue;
    if (!applies(field, values, Boolean(image))) continue;
    if (field.kind === "shape") Object.assign(overrides, sidesOf(value, template));
    else overrides[field.name] = value;
  }
  const loras = Object.entries(values.loras ?? {}).map(([name, weight]) => ({ name, weight }));
  if (loras.length) overrides.loras = loras;
  const guided = Boolean(values.guide?.module && image && works(backend, "controlnet"));
  if (guided) overrides.controlnet = [{ ...values.guide, image_id: image.id }];
  return { overrides, guided };
}

/** How many things are set, for the mark on the button. */
export function countOf(values) {
  const plain = FIELDS.filter(({ name }) => ![undefined, null, "", false].includes(values[name])).length;
  return plain + Object.keys(values.loras ?? {}).length + (values.guide?.module ? 1 : 0);
}
