// Titles of templates as `folder.toml` is to have them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { titlesOf } from "../../static/js/templates/view_titles.js";

test("rows keep their order, empty ones and empty halves are left out", () => {
  const rows = [
    { name: "b", en: "", zh: "狐狸" },
    { name: "1", en: "Ink", zh: "" },
    { name: "c", en: "", zh: "" },
  ];
  assert.deepEqual(titlesOf(rows), [["b", { zh: "狐狸" }], ["1", { en: "Ink" }]]);
});

test("titles of templates that have no row stay, and those of a row are replaced", () => {
  const kept = { gone: { en: "Gone" }, a: { en: "Old" } };
  assert.deepEqual(titlesOf([{ name: "a", en: "", zh: "" }], kept), [["gone", { en: "Gone" }]]);
});

test("no titles at all take the table out", () => {
  assert.equal(titlesOf([]), null);
  assert.equal(titlesOf([{ name: "a", en: "", zh: "" }], { a: { en: "Old" } }), null);
});
