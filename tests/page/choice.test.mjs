// What the next picture is made with: always something that can be used, remembered, and never a broken template.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Choice } from "../../static/js/choice.js";
import { browserStore, tabStore } from "../../static/js/preferences.js";

const FOLDERS = [
  {
    name: "animals",
    templates: [
      { name: "bad", broken: "not JSON" },
      { name: "storybook", broken: null },
      { name: "crayon", broken: null },
    ],
  },
  { name: "empty", templates: [] },
  { name: "landscape", templates: [{ name: "gouache", broken: null }] },
];
const catalogue = { version: "1", folders: FOLDERS };

beforeEach(() => {
  for (const key of ["folder", "template", "paint"]) browserStore.remove(key);
  tabStore.remove("image");
});

test("the first template that can be used is chosen on a first visit", () => {
  const choice = new Choice();
  choice.setCatalogue(catalogue);
  assert.deepEqual([choice.folder, choice.template], ["animals", "storybook"]);
});

test("a choice is remembered", () => {
  const choice = new Choice();
  choice.setCatalogue(catalogue);
  choice.choose("animals", "crayon");
  choice.setPaintRightAway(true);
  const later = new Choice();
  later.setCatalogue(catalogue);
  assert.deepEqual([later.folder, later.template, later.paintRightAway], ["animals", "crayon", true]);
});

test("another folder begins with its first template", () => {
  const choice = new Choice();
  choice.setCatalogue(catalogue);
  choice.choose("landscape");
  assert.equal(choice.templateRecord().name, "gouache");
});

test("a remembered template that is gone gives way to one of its folder", () => {
  browserStore.set("folder", "animals");
  browserStore.set("template", "gone");
  const choice = new Choice();
  choice.setCatalogue(catalogue);
  assert.equal(choice.template, "storybook");
});

test("a broken template and an empty folder have no record", () => {
  const choice = new Choice();
  choice.setCatalogue(catalogue);
  assert.equal(choice.templateRecord("animals", "bad"), null);
  choice.choose("empty");
  assert.equal(choice.templateRecord(), null);
});

test("the picture to start from is kept for this tab until it is let go", () => {
  const image = { id: "p", thumbnail_url: "/p" };
  new Choice().setImage(image);
  const later = new Choice();
  assert.deepEqual(later.image, image);
  later.setImage(null);
  assert.equal(new Choice().image, null);
});
