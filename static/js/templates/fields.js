// Pure: every field of a template that has a control of its own, in groups, with its range and its usual value. What a
// template holds besides these is edited as JSON. `list` names what the backend offers; `only` the type it belongs to.

const MAX_SEED = 4294967295;

const text = (path, more = {}) => ({ kind: "text", path, ...more });
const lines = (path, more = {}) => ({ kind: "lines", path, ...more });
const whole = (path, min, max, usual, more = {}) => ({ kind: "number", whole: true, path, min, max, usual, ...more });
const number = (path, min, max, usual, more = {}) => ({ kind: "number", path, min, max, usual, ...more });
const toggle = (path, more = {}) => ({ kind: "switch", path, ...more });
const choice = (path, list, more = {}) => ({ kind: "choice", path, list, ...more });
const names = (path, list) => ({ kind: "names", path, list });
const picture = (path, which, more = {}) => ({ kind: "picture", path, which, ...more });
/** `values` are what the JSON may hold; each has words `option.<name>.<word>`. */
const options = (path, values, words, more = {}) => ({ kind: "options", path, values, words, ...more });

/** The groups of the form, in their order. A path begins at the template's JSON. */
export const GROUPS = [
  {
    name: "words",
    fields: [
      lines("api_model.prompt", { slot: true, english: true }),
      lines("api_model.negative_prompt", { english: true }),
      names("api_model.styles", "styles"),
    ],
  },
  {
    name: "size",
    fields: [
      whole("api_model.width", 64, 2048, 512, { step: 8, limit: "max_side" }),
      whole("api_model.height", 64, 2048, 512, { step: 8, limit: "max_side" }),
      whole("api_model.batch_size", 1, 1024, 1, { limit: "max_batch" }),
      whole("api_model.n_iter", 1, 100, 1, { limit: "max_batch" }),
      toggle("api_model.tiling"),
      toggle("api_model.restore_faces"),
    ],
  },
  {
    name: "sampling",
    fields: [
      whole("api_model.steps", 1, 150, 20),
      number("api_model.cfg_scale", 0, 30, 7, { step: 0.5 }),
      choice("api_model.sampler_name", "samplers", { older: "api_model.sampler_index" }),
      choice("api_model.scheduler", "schedulers"),
      whole("api_model.seed", -1, MAX_SEED, -1),
      whole("api_model.subseed", -1, MAX_SEED, -1),
      number("api_model.subseed_strength", 0, 1, 0, { step: 0.05 }),
      number("api_model.eta", 0, null, null, { step: 0.1 }),
    ],
  },
  {
    name: "model",
    fields: [
      choice("api_model.override_settings.sd_model_checkpoint", "models"),
      choice("api_model.override_settings.sd_vae", "vaes"),
      whole("api_model.override_settings.CLIP_stop_at_last_layers", 1, 12, 1),
      choice("api_model.refiner_checkpoint", "models"),
      number("api_model.refiner_switch_at", 0, 1, null, { step: 0.05 }),
    ],
  },
  {
    name: "hires",
    only: "txt2img",
    fields: [
      toggle("api_model.enable_hr", { wide: true }),
      number("api_model.hr_scale", 1, 4, 2, { step: 0.05 }),
      choice("api_model.hr_upscaler", "upscalers"),
      whole("api_model.hr_second_pass_steps", 0, 150, 0),
      whole("api_model.hr_resize_x", 0, 2048, 0, { step: 8, limit: "max_side" }),
      whole("api_model.hr_resize_y", 0, 2048, 0, { step: 8, limit: "max_side" }),
      number("api_model.denoising_strength", 0, 1, 0.6, { step: 0.01 }),
    ],
  },
  {
    name: "picture",
    only: "img2img",
    fields: [
      picture("api_model.init_images", "init_image", { wide: true, inList: true }),
      number("api_model.denoising_strength", 0, 1, 0.6, { step: 0.01 }),
      options("api_model.resize_mode", [0, 1, 2, 3], ["stretch", "crop", "fill", "latent"]),
    ],
  },
  {
    name: "inpaint",
    only: "img2img",
    fields: [
      picture("api_model.mask", "mask", { wide: true }),
      options("api_model.inpainting_mask_invert", [0, 1], ["masked", "unmasked"]),
      options("api_model.inpainting_fill", [0, 1, 2, 3], ["fill", "original", "noise", "nothing"]),
      options("api_model.inpaint_full_res", [0, 1], ["whole", "masked"], { booleans: true }),
      whole("api_model.inpaint_full_res_padding", 0, 256, 0, { step: 4 }),
      whole("api_model.mask_blur", 0, 64, 4),
    ],
  },
];

/** The fields of one ControlNet unit; a path begins at the unit. */
export const UNIT_FIELDS = [
  toggle("enabled", { on: true, wide: true }),
  picture("image", "control_image", { older: "input_image" }),
  picture("mask", "control_mask"),
  choice("module", "controlnet_modules"),
  choice("model", "controlnet_models"),
  number("weight", 0, 10, 1, { step: 0.05 }),
  whole("processor_res", 64, 2048, 512),
  number("threshold_a", null, null, 64),
  number("threshold_b", null, null, 64),
  number("guidance_start", 0, 1, 0, { step: 0.05 }),
  number("guidance_end", 0, 1, 1, { step: 0.05 }),
  options("resize_mode", [0, 1, 2], ["stretch", "crop", "fill"], {
    also: ["Just Resize", "Crop and Resize", "Resize and Fill"],
  }),
  options("control_mode", [0, 1, 2], ["balanced", "prompt", "control"], {
    also: ["Balanced", "My prompt is more important", "ControlNet is more important"],
  }),
  toggle("pixel_perfect"),
  toggle("lowvram"),
  toggle("invert_image"),
  toggle("rgbbgr_mode"),
  toggle("guessmode"),
];

/** What the template is, besides its payload. */
export const FILE_FIELDS = [text("template_name"), text("options")];

export const groupsOf = (type) => GROUPS.filter((group) => !group.only || group.only === type);

/** The last name of a path: `api_model.hr_scale` is `hr_scale`. */
export const lastName = (path) => path.split(".").at(-1);

/** Whether a control can show this value: anything else stays in the JSON of the other fields. */
export function fits(field, value) {
  if (value === null || value === undefined) return true;
  if (field.kind === "number") return Number.isFinite(value);
  if (field.kind === "switch") return typeof value === "boolean";
  if (field.kind === "names") return Array.isArray(value) && value.every((name) => typeof name === "string");
  if (field.inList) return Array.isArray(value) && value.length <= 1 && value.every((one) => typeof one === "string");
  if (field.kind === "options") return ["string", "number", "boolean"].includes(typeof value);
  return typeof value === "string";
}
