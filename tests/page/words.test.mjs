// Both languages say the same things, and the page asks for nothing that neither says.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { errorWords } from "../../static/js/i18n.js";
import { FIELDS, SHAPES } from "../../static/js/settings.js";
import { en as enOfAll } from "../../static/js/words/en.js";
import { en as enOfTemplates } from "../../static/js/words/templates_en.js";
import { zh as zhOfTemplates } from "../../static/js/words/templates_zh.js";
import { zh as zhOfAll } from "../../static/js/words/zh.js";

const en = { ...enOfAll, ...enOfTemplates };
const zh = { ...zhOfAll, ...zhOfTemplates };
const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const scripts = readdirSync(new URL("static/js/", root), { recursive: true }).filter(
  (name) => name.endsWith(".js") && !name.startsWith("words/"),
);
const page = read("static/index.html") + read("static/templates.html");
const code = scripts.map((name) => read(`static/js/${name}`)).join("\n");

const KEY = /^[a-z]+(\.[a-z_]+)*$/;
const inPage = [...page.matchAll(/data-(?:t|t-label|t-title|t-placeholder|example)="([^"]+)"/g)].map(
  (match) => match[1],
);
const inCode = [...code.matchAll(/"([a-z]+(?:\.[a-z_]+)+)"/g)]
  .map((match) => match[1])
  .filter((key) => !key.endsWith(".js"));

test("the page of templates repeats no sentence of the main page", () => {
  for (const key of Object.keys(enOfTemplates)) assert.ok(!(key in enOfAll), key);
});

test("both languages have the same keys", () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
});

test("every key is written the same way and every sentence is there", () => {
  for (const table of [en, zh]) {
    for (const [key, words] of Object.entries(table)) {
      assert.match(key, KEY);
      assert.notEqual(words.trim(), "", key);
    }
  }
});

test("a sentence is filled with the same values in both languages", () => {
  const valuesOf = (words) => [...new Set(words.match(/\{\w+\}/g) ?? [])].sort();
  for (const key of Object.keys(en)) assert.deepEqual(valuesOf(zh[key]), valuesOf(en[key]), key);
});

test("every key that the markup names exists", () => {
  assert.ok(inPage.length > 50);
  for (const key of inPage) assert.ok(key in en, key);
});

test("every key that the scripts name exists", () => {
  assert.ok(inCode.length > 50);
  const names = new Set(Object.keys(en));
  const known = inCode.filter(
    (key) =>
      names.has(key.split(".").slice(0, 1)[0]) || [...names].some((name) => name.startsWith(`${key.split(".")[0]}.`)),
  );
  for (const key of known) assert.ok(key in en, key);
});

test("no sentence is left over", () => {
  const built = [
    /^error\./,
    /^trouble\./,
    /^theme\./,
    /^day\./,
    /^net\./,
    /^demo\./,
    /^field\./,
    /^setting\./,
    /^param\./,
    /^option\./,
    /^group\./,
  ];
  const used = new Set([...inPage, ...inCode, ...[...code.matchAll(/"([a-z]+)"/g)].map((match) => match[1])]);
  const left = Object.keys(en).filter((key) => !used.has(key) && !built.some((pattern) => pattern.test(key)));
  assert.deepEqual(left, []);
});

test("every setting has a name", () => {
  for (const { name } of FIELDS) assert.ok(`setting.${name}` in en, name);
  for (const shape of Object.keys(SHAPES)) assert.ok(`setting.shape.${shape}` in en, shape);
});

test("every code of the protocol has words", () => {
  const table = read("docs/protocol.md").split("## Codes")[1].split("\n## ")[0];
  const rows = table.split("\n").filter((line) => line.startsWith("| `"));
  const codes = rows.flatMap((row) => [...row.split("|")[1].matchAll(/`(\w+)`/g)].map((match) => match[1]));
  assert.ok(codes.length > 25);
  for (const one of codes) assert.ok(`error.${one}` in en, one);
});

test("a setting that is refused is named", () => {
  const refused = (field) => errorWords({ code: "bad_request", message: "no", detail: { field } });
  assert.match(refused("overrides.controlnet.0.model"), /ControlNet/);
  assert.match(refused("overrides.eta"), /eta/);
  assert.equal(refused("image_id"), en["error.bad_request.image_id"]);
  assert.equal(refused("prompt"), en["error.bad_request"]);
});
