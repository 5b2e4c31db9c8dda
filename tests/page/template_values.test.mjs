// What is typed into the form of a template, how templates differ, and what they may be called.

import assert from "node:assert/strict";
import { test } from "node:test";

import { differences, same } from "../../static/js/templates/compare.js";
import { freeName, nameProblem } from "../../static/js/templates/names.js";
import * as values from "../../static/js/templates/values.js";

const STEPS = { whole: true, min: 1, max: 150 };
const CFG = { min: 0, max: 30 };

test("a number is typed", () => {
  assert.deepEqual(values.parseNumber("20", STEPS), { value: 20 });
  assert.deepEqual(values.parseNumber(" 7.5 ", CFG), { value: 7.5 });
  assert.deepEqual(values.parseNumber("", STEPS), { value: undefined });
  assert.deepEqual(values.parseNumber("0", CFG), { value: 0 });
  assert.equal(values.parseNumber("20.5", STEPS).problem, "problem.whole");
  assert.equal(values.parseNumber("abc", STEPS).problem, "problem.number");
  assert.equal(values.parseNumber("", STEPS, true).problem, "problem.number");
});

test("a number out of its range is kept and said", () => {
  const said = values.parseNumber("151", STEPS);
  assert.deepEqual(said, { value: 151, problem: "problem.range", range: { min: 1, max: 150 } });
  assert.equal(values.parseNumber("-1", { min: 0, max: null }).problem, "problem.least");
  assert.deepEqual(values.parseNumber("-1", { min: null, max: null }), { value: -1 });
});

test("names are typed with commas of either kind", () => {
  assert.deepEqual(values.parseNames("a, b，c"), ["a", "b", "c"]);
  assert.equal(values.parseNames(" , "), undefined);
});

test("only an object is taken as the JSON of other fields", () => {
  assert.deepEqual(values.parseObject('{"a": 1}'), { value: { a: 1 } });
  assert.deepEqual(values.parseObject(""), { value: {} });
  for (const bad of ["[1]", "null", "7", "{a: 1}"]) assert.equal(values.parseObject(bad).problem, "problem.json", bad);
});

test("an option is written in the way it was", () => {
  const fullRes = { values: [0, 1], booleans: true };
  assert.equal(values.optionOf(fullRes, true), 1);
  assert.equal(values.optionValue(fullRes, 0, true), false);
  assert.equal(values.optionValue(fullRes, 0, 1), 0);
  const mode = { values: [0, 1], also: ["Balanced", "Prompt"] };
  assert.equal(values.optionOf(mode, "Prompt"), 1);
  assert.equal(values.optionOf(mode, 1), 1);
  assert.equal(values.optionOf(mode, "other"), -1);
  assert.equal(values.optionValue(mode, 0, "Prompt"), "Balanced");
  assert.equal(values.optionValue(mode, 0, undefined), 0);
});

test("what the backend offers narrows the range and fills the lists", () => {
  assert.equal(values.rangeOf({ max: 2048, limit: "max_side" }, { max_side: 1024 }).max, 1024);
  assert.equal(values.rangeOf({ max: 2048, limit: "max_side" }, {}).max, 2048);
  const offers = {
    vaes: [{ model_name: "vae.pt" }],
    models: [{ title: "a [1]", model_name: "a" }],
    samplers: ["Euler"],
  };
  assert.deepEqual(values.offered(offers, "vaes"), ["vae.pt"]);
  assert.deepEqual(values.offered(offers, "models"), ["a [1]"]);
  assert.deepEqual(values.offered(offers, "samplers"), ["Euler"]);
  assert.deepEqual(values.offered(offers, "styles"), []);
  assert.deepEqual(values.offered({ schedulers: [{ name: "karras", label: "Karras" }] }, "schedulers"), ["Karras"]);
  assert.deepEqual(values.offered({ controlnet_modules: { canny: {} } }, "controlnet_modules"), ["canny"]);
});

test("a picture in the JSON is named, not written out", () => {
  assert.equal(values.pictureName("input_images/1/mask.png"), "input_images/1/mask.png");
  assert.equal(values.pictureName("data:image/png;base64,AAAA"), "image/png");
  assert.equal(values.pictureName("A".repeat(1000)).length, 25);
});

test("templates are compared leaf by leaf", () => {
  const before = { api_model: { steps: 20, prompt: "a", units: [{ a: 1 }] }, options: "default" };
  const after = { api_model: { prompt: "b", steps: 20, units: [{ a: 1 }, { a: 2 }] }, options: "default" };
  assert.deepEqual(differences(before, after), [
    { path: "api_model.prompt", before: "a", after: "b" },
    { path: "api_model.units.1.a", before: "", after: "2" },
  ]);
  assert.ok(same({ a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }));
  assert.ok(!same({ a: null }, {}));
  assert.ok(!same({ a: [] }, { a: {} }));
  assert.ok(!same({ a: 1 }, { a: "1" }));
});

test("long values and pictures are shortened where they are compared", () => {
  const [change] = differences({}, { mask: `data:image/png;base64,${"A".repeat(9000)}`, prompt: "x".repeat(9000) });
  assert.equal(change.after, "image/png");
  assert.equal(differences({}, { prompt: "x".repeat(9000) })[0].after.length, 401);
});

test("what has no name gets the first free one", () => {
  assert.equal(freeName("template", []), "template1");
  assert.equal(freeName("template", ["template1", "template3"]), "template2");
});

test("a name that cannot be a file is refused", () => {
  for (const good of ["crayon", "night/city", "蜡笔 画", "a.b"]) assert.equal(nameProblem(good), null, good);
  for (const bad of ["", "../x", "a//b", ".hidden", "a\\b", "a:b", "a/"])
    assert.equal(nameProblem(bad), "problem.name", bad);
  assert.equal(nameProblem("a/b", { folder: true }), "problem.name");
});
