// What the browser cannot tell us early: files that exist, markup the content policy allows, text that goes in as text.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../static/", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const scripts = readdirSync(new URL("js/", root), { recursive: true }).filter((name) => name.endsWith(".js"));
const pages = ["index.html", "templates.html", "access.html", "operator.html"];
const views = ["index.html", "templates.html"];
const markup = views.map(read).join("\n");
const code = scripts.map((name) => [name, read(`js/${name}`)]);

test("every file the pages name is there", () => {
  for (const page of pages) {
    for (const [, path] of read(page).matchAll(/(?:src|href)="\/static\/([^"#]+)/g))
      assert.ok(existsSync(new URL(path, root)), path);
  }
});

test("every module that is imported is there", () => {
  for (const [name, text] of code) {
    for (const [, path] of text.matchAll(/from "(\.[^"]+)"/g))
      assert.ok(existsSync(new URL(path, new URL(`js/${name}`, root))), `${name}: ${path}`);
  }
});

test("the markup needs nothing the content policy forbids", () => {
  for (const page of pages) {
    const text = read(page);
    assert.doesNotMatch(text, /\sstyle=/, page);
    assert.doesNotMatch(text, /\son[a-z]+=/, page);
    assert.doesNotMatch(text, /<style|<script(?![^>]*\ssrc=)/, page);
    assert.doesNotMatch(text, /(?:src|href)="https?:/, page);
  }
});

test("text never goes in as markup, and nothing is evaluated", () => {
  for (const [name, text] of code)
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/, name);
});

test("one file knows socket.io", () => {
  const knowing = code.filter(([, text]) => /socket\.io-\d/.test(text)).map(([name]) => name);
  assert.deepEqual(knowing, ["connection.js"]);
});

test("one file knows the addresses of templates", () => {
  const knowing = code.filter(([, text]) => /\/api\/v1\/template/.test(text)).map(([name]) => name);
  assert.deepEqual(knowing, ["templates/api.js"]);
});

test("every icon is in the sprite", () => {
  const drawn = new Set([...read("icons.svg").matchAll(/id="i-([a-z]+)"/g)].map((match) => match[1]));
  const inMarkup = [...markup.matchAll(/icons\.svg#i-([a-z]+)"/g)].map((match) => match[1]);
  const inCode = code.flatMap(([, text]) =>
    [...text.matchAll(/\b(?:icon|tool)\("([a-z]+)"/g)].map((match) => match[1]),
  );
  for (const name of [...inMarkup, ...inCode]) assert.ok(drawn.has(name), name);
  const used = new Set([...inMarkup, ...inCode]);
  assert.deepEqual(
    [...drawn].filter((name) => !used.has(name)),
    [],
  );
});

test("every template that is cloned is in the page, and none is left over", () => {
  const made = [...markup.matchAll(/<template id="([^"]+)"/g)].map((match) => match[1]).sort();
  const cloned = new Set(
    code.flatMap(([, text]) => [...text.matchAll(/clone\("([^"]+)"\)/g)].map((match) => match[1])),
  );
  assert.deepEqual([...cloned].sort(), made);
});

test("no script is longer than 200 lines, and each opens with what it is", () => {
  for (const [name, text] of code.filter(([name]) => !name.startsWith("words/"))) {
    assert.ok(text.split("\n").length <= 201, name);
    assert.match(text, /^(\/\/|\/\*) ?\S/, name);
  }
});
