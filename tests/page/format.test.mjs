// Numbers and parameters as text.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  countWords,
  dayOf,
  gridOf,
  isLong,
  ordinal,
  ownWords,
  parseInfotext,
  percent,
  sheetRatio,
  size,
} from "../../static/js/format.js";

test("a grid is as square as its pictures allow", () => {
  const shapes = [1, 2, 3, 4, 5, 9].map((count) => Object.values(gridOf(count)).join("x"));
  assert.deepEqual(shapes, ["1x1", "2x1", "2x2", "2x2", "3x2", "3x3"]);
});

test("a sheet has the shape of its whole grid", () => {
  assert.equal(sheetRatio({ width: 960, height: 640, count: 4 }), 1.5);
  assert.equal(sheetRatio({ width: 512, height: 512, count: 2 }), 2);
  assert.equal(sheetRatio({ width: null, height: null, count: 1 }), 1);
});

test("places in line", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 11, 21].map((n) => ordinal(n, "en")),
    ["1st", "2nd", "3rd", "4th", "11th", "21st"],
  );
  assert.equal(ordinal(3, "zh"), "3");
});

test("sizes and shares", () => {
  assert.equal(size(768, 512), "768 × 512");
  assert.equal(size(null, 512), "");
  assert.deepEqual([0, 0.655, 1, undefined].map(percent), ["0%", "66%", "100%", "0%"]);
});

test("words are counted in both scripts", () => {
  assert.equal(countWords("a red fox, in the wood's shade"), 7);
  assert.equal(countWords("一只红狐狸"), 5);
});

test("days turn at midnight", () => {
  const now = new Date(2026, 10, 21, 0, 30).getTime();
  const ago = (hours) => now / 1000 - hours * 3600;
  assert.deepEqual(
    [ago(0.4), ago(1), ago(24.4), ago(25)].map((at) => dayOf(at, now)),
    ["today", "yesterday", "yesterday", "earlier"],
  );
});

const INFOTEXT = `a cat, (soft:1.2)
two lines
Negative prompt: dogs, people
more dogs
Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x512, Lora hashes: "one: a1, two: b2", Version: v1.10.1`;

test("an infotext falls into prompt, negative prompt and fields", () => {
  const { prompt, negative, fields } = parseInfotext(INFOTEXT);
  assert.equal(prompt, "a cat, (soft:1.2)\ntwo lines");
  assert.equal(negative, "dogs, people\nmore dogs");
  assert.deepEqual(Object.fromEntries(fields), {
    Steps: "20",
    Sampler: "Euler a",
    "CFG scale": "7",
    Seed: "42",
    Size: "512x512",
    "Lora hashes": "one: a1, two: b2",
    Version: "v1.10.1",
  });
});

test("an infotext without fields or without anything", () => {
  assert.deepEqual(parseInfotext("only words"), { prompt: "only words", negative: "", fields: [] });
  assert.deepEqual(parseInfotext(null), { prompt: "", negative: "", fields: [] });
});

test("a person's own words are found in the prompt, neighbours joined", () => {
  const prompt = "An orange kitten in a garden";
  const found = ownWords("an Orange kitten with a garden", prompt).map(([start, end]) => prompt.slice(start, end));
  assert.deepEqual(found, ["orange kitten", "garden"]);
  assert.deepEqual(ownWords("花园里的小猫", prompt), []);
});

test("long is measured in lines, and Chinese is twice as wide", () => {
  assert.equal(isLong("a".repeat(50), 2), false);
  assert.equal(isLong("a".repeat(51), 2), true);
  assert.equal(isLong("猫".repeat(26), 2), true);
});
