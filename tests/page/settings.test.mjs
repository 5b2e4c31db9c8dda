// What a person's settings ask the server for.

import assert from "node:assert/strict";
import { test } from "node:test";

import { applies, countOf, FIELDS, fieldsFor, guidesOf, namesOf, overridesOf, sidesOf } from "../../static/js/settings.js";

const template = { width: 512, height: 768 };
const image = { id: "p1" };
const backend = { samplers: [{ name: "Euler a" }], models: [{ model_name: "dream" }], upscalers: [{ name: "4x" }] };
const ask = (values, over = {}) => overridesOf(values, { template, image: null, backend, ...over });

test("nothing set leaves everything to the template", () => {
  const empty = { steps: "", seed: null, tiling: false, sampler_name: "", loras: {}, guide: {} };
  assert.deepEqual(ask(empty), { overrides: {}, guided: false });
  assert.equal(countOf(empty), 0);
});

test("what is set goes by A1111's names", () => {
  const values = { steps: 30, cfg_scale: 7.5, seed: 0, sampler_name: "Euler a", model: "dream", tiling: true };
  assert.deepEqual(ask(values).overrides, values);
  assert.equal(countOf(values), 6);
});

test("a shape keeps about as many pixels as the template has", () => {
  assert.deepEqual(sidesOf("square", template), { width: 640, height: 640 });
  assert.deepEqual(sidesOf("wide", { width: 512, height: 512 }), { width: 704, height: 384 });
  assert.deepEqual(ask({ shape: "landscape" }).overrides, { width: 768, height: 512 });
  assert.deepEqual(sidesOf("tall", null), { width: 384, height: 704 });
});

test("what belongs to something else goes only with it", () => {
  assert.deepEqual(ask({ hr_scale: 2, hr_upscaler: "4x" }).overrides, {});
  assert.deepEqual(ask({ enable_hr: true, hr_scale: 2 }).overrides, { enable_hr: true, hr_scale: 2 });
  assert.deepEqual(ask({ enable_hr: true, denoising_strength: 0.4 }, { image }).overrides, { denoising_strength: 0.4 });
  assert.equal(applies({ when: "no image" }, {}, true), false);
});

test("LoRAs go with their weights", () => {
  const { overrides } = ask({ loras: { ink: 0.8, old: 1 } });
  assert.deepEqual(overrides.loras, [
    { name: "ink", weight: 0.8 },
    { name: "old", weight: 1 },
  ]);
  assert.equal(countOf({ loras: { ink: 1 } }), 1);
});

test("a guide takes the picture for itself", () => {
  const guide = { module: "canny", model: "control_canny", weight: 0.7 };
  const { overrides, guided } = ask({ guide }, { image });
  assert.deepEqual(overrides.controlnet, [{ ...guide, image_id: "p1" }]);
  assert.equal(guided, true);
  assert.deepEqual(ask({ guide }), { overrides: {}, guided: false });
});

test("only what works on this server is offered", () => {
  const names = (list) => fieldsFor(list).map(({ name }) => name);
  assert.ok(!names(backend).includes("vae"));
  assert.ok(names(backend).includes("sampler_name"));
  const demo = { ...backend, fields: ["seed", "steps", "width", "sampler_name"] };
  assert.deepEqual(names(demo), ["shape", "seed", "steps", "sampler_name"]);
  assert.deepEqual(ask({ tiling: true, steps: 9 }, { backend: demo }).overrides, { steps: 9 });
  assert.equal(fieldsFor(null).some(({ kind }) => kind === "choice"), false);
});

test("the names of a list come from either of A1111's two fields", () => {
  assert.deepEqual(namesOf({ models: [{ model_name: "a" }, { name: "b" }, "c"] }, "models"), ["a", "b", "c"]);
  assert.deepEqual(namesOf(null, "models"), []);
});

test("every field has a kind that the drawer can show", () => {
  for (const { kind } of FIELDS) assert.ok(["number", "choice", "switch", "shape"].includes(kind), kind);
});

test("a guide is offered and asked for only where it has an effect", () => {
  const guide = { module: "canny" };
  const modules = { controlnet_modules: { none: {}, canny: {} } };
  const looksOnly = { ...modules, fields: ["width", "seed"] };
  assert.deepEqual(guidesOf({ ...modules, fields: ["controlnet"] }), ["none", "canny"]);
  assert.deepEqual(guidesOf(modules), ["none", "canny"]);
  assert.deepEqual(guidesOf(looksOnly), []);
  assert.deepEqual(guidesOf(null), []);
  assert.deepEqual(ask({ guide }, { image, backend: looksOnly }), { overrides: {}, guided: false });
});
