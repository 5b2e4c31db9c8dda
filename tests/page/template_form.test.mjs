// The form of a template: what is read into controls and written back loses nothing of the file.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import * as json from "../../static/js/templates/document.js";
import { FILE_FIELDS, GROUPS, UNIT_FIELDS, fits, groupsOf } from "../../static/js/templates/fields.js";
import { en } from "../../static/js/words/templates_en.js";

const root = new URL("../../sd_templates/", import.meta.url);
const shipped = readdirSync(root, { recursive: true })
  .filter((name) => name.endsWith(".json"))
  .map((name) => [name, JSON.parse(readFileSync(new URL(name, root), "utf8"))]);

const FIELDS = GROUPS.flatMap((group) => group.fields);
const paths = (list) => [...new Set(list.map((field) => field.path))];

/** Everything research/seeds.md calls B1, as the article's tool writes it. */
const ARTICLE = {
  template_name: "1",
  template_type: "img2img",
  options: "default",
  api_model: {
    prompt: "A Girl, laying sofa",
    negative_prompt: "",
    override_settings: { sd_model_checkpoint: "disney.safetensors [d654]", eta_noise_seed_delta: 31337 },
    seed: -1,
    batch_size: 1,
    n_iter: 1,
    steps: 20,
    cfg_scale: 7.5,
    width: 512,
    height: 512,
    restore_faces: false,
    tiling: false,
    eta: 31337,
    script_args: [],
    sampler_index: "Euler a",
    init_images: ["input_images/1/init_image.png"],
    mask: null,
    resize_mode: 1,
    denoising_strength: 0.72,
    mask_blur: 0,
    inpainting_fill: 0,
    inpaint_full_res: 0,
    inpaint_full_res_padding: 32,
    inpainting_mask_invert: 0,
    alwayson_scripts: {
      ControlNet: { args: { enabled: true, module: "openpose", image: "a.png", threshold_a: 64, extra: [1] } },
      "Tiled VAE": { args: [true, 512] },
    },
  },
  made_by: "somebody",
};

/** What a person does who looks at every control and changes none: each value is read and written again. */
function touched(template) {
  const copy = structuredClone(template);
  for (const field of [...FIELDS, ...FILE_FIELDS]) {
    const place = json.placeOf(copy, field);
    const value = json.read(copy, place);
    if (value !== undefined && fits(field, value)) json.write(copy, place, value);
  }
  json.setOtherFields(copy, json.otherFields(copy));
  const units = json.unitsOf(copy);
  for (const unit of units) json.setOtherUnitFields(unit, json.otherUnitFields(unit));
  return copy;
}

for (const [name, template] of [...shipped, ["the article's", ARTICLE]]) {
  test(`nothing is lost on the way through the form: ${name}`, () => {
    const back = touched(template);
    const units = json.unitsOf(template);
    if (units.length) assert.deepEqual(json.unitsOf(back), units);
    const expected = structuredClone(template);
    if (units.length) json.setUnits(expected, units);
    assert.deepEqual(back, expected);
  });
}

test("every field of the format has a control or stands in the JSON", () => {
  const shown = new Set(paths(FIELDS));
  const other = json.otherFields(ARTICLE);
  for (const name of Object.keys(ARTICLE.api_model)) {
    const hasControl = [...shown].some((path) => path.split(".")[1] === name);
    assert.ok(hasControl || name in other || ["sampler_index", "alwayson_scripts"].includes(name), name);
  }
  assert.deepEqual(other, {
    script_args: [],
    override_settings: { eta_noise_seed_delta: 31337 },
    alwayson_scripts: { "Tiled VAE": { args: [true, 512] } },
  });
});

test("the other fields are replaced as a whole, and those with a control stay", () => {
  const template = structuredClone(ARTICLE);
  json.setOtherFields(template, { s_noise: 1.01 });
  assert.equal(template.api_model.s_noise, 1.01);
  assert.equal(template.api_model.script_args, undefined);
  assert.deepEqual(template.api_model.override_settings, { sd_model_checkpoint: "disney.safetensors [d654]" });
  assert.equal(template.api_model.steps, 20);
  assert.deepEqual(Object.keys(template.api_model.alwayson_scripts), ["ControlNet"]);
  assert.equal(template.made_by, "somebody");
});

test("a value that its control cannot show stands in the JSON", () => {
  const template = { api_model: { steps: "many", init_images: ["a.png", "b.png"], tiling: 1, cfg_scale: 7 } };
  assert.deepEqual(json.otherFields(template), { steps: "many", init_images: ["a.png", "b.png"], tiling: 1 });
  assert.deepEqual(touched(template), template);
});

test("a field that is emptied goes, with what it leaves empty", () => {
  const template = { api_model: { override_settings: { sd_vae: "vae.pt" }, steps: 20 } };
  json.write(template, "api_model.override_settings.sd_vae", undefined);
  assert.deepEqual(template, { api_model: { steps: 20 } });
  json.write(template, "api_model.steps", undefined);
  assert.deepEqual(template, { api_model: {} });
  json.write(template, "api_model.override_settings.sd_vae", "vae.pt");
  assert.deepEqual(template, { api_model: { override_settings: { sd_vae: "vae.pt" } } });
});

test("the old name of the sampler is kept where only that is written", () => {
  const sampler = FIELDS.find((field) => field.older === "api_model.sampler_index");
  assert.equal(json.placeOf(ARTICLE, sampler), "api_model.sampler_index");
  assert.equal(json.placeOf({ api_model: {} }, sampler), "api_model.sampler_name");
  const both = { api_model: { sampler_index: "Euler", sampler_name: "DDIM" } };
  assert.equal(json.placeOf(both, sampler), "api_model.sampler_name");
});

test("units are read as a list or as one object, and written as a list", () => {
  const template = structuredClone(ARTICLE);
  const units = json.unitsOf(template);
  assert.equal(units.length, 1);
  json.setUnits(template, [...units, json.newUnit()]);
  assert.equal(template.api_model.alwayson_scripts.ControlNet.args.length, 2);
  assert.equal(template.api_model.alwayson_scripts.ControlNet.args[0].module, "openpose");
  json.setUnits(template, []);
  assert.deepEqual(Object.keys(template.api_model.alwayson_scripts), ["Tiled VAE"]);
});

test("the script's name stays as it is written", () => {
  const template = { api_model: { alwayson_scripts: { controlnet: { args: [{ module: "canny" }] } } } };
  json.setUnits(template, [...json.unitsOf(template), json.newUnit()]);
  assert.deepEqual(Object.keys(template.api_model.alwayson_scripts), ["controlnet"]);
});

test("each type has its groups", () => {
  const names = (type) => groupsOf(type).map((group) => group.name);
  assert.ok(names("txt2img").includes("hires") && !names("txt2img").includes("inpaint"));
  assert.ok(names("img2img").includes("inpaint") && !names("img2img").includes("hires"));
});

test("every field, option and group has words", () => {
  for (const field of [...FIELDS, ...UNIT_FIELDS, ...FILE_FIELDS]) {
    const name = field.path.split(".").at(-1).toLowerCase();
    assert.ok(`param.${name}` in en, name);
    for (const word of field.words ?? []) assert.ok(`option.${name}.${word}` in en, word);
  }
  for (const group of GROUPS) assert.ok(`group.${group.name}` in en, group.name);
});
