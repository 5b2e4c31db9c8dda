// Which templates a batch shall paint, how much that is, and the order it makes.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as choice from "../../static/js/batch_choice.js";

const template = (name, over = {}) => ({ name, count: 1, needs_image: false, broken: null, ...over });
const CATALOGUE = [
  { name: "f", templates: [template("a"), template("b", { count: 4 }), template("photo", { needs_image: true })] },
  { name: "g", templates: [template("a"), { name: "bad", broken: "why" }] },
];
const [F, G] = CATALOGUE;

test("at first the folder in hand is ticked, but for what cannot be painted", () => {
  const ticks = choice.firstTicks(CATALOGUE, "f", false);
  assert.deepEqual([...ticks.ticked], ["f/a", "f/b"]);
  assert.deepEqual([...choice.firstTicks(CATALOGUE, "f", true).ticked], ["f/a", "f/b", "f/photo"]);
  assert.deepEqual([...choice.firstTicks(CATALOGUE, "g", true).ticked], ["g/a"]);
  assert.equal(choice.firstTicks(CATALOGUE, "gone", true).ticked.size, 0);
});

test("templates are ticked one by one or by their folder", () => {
  const one = choice.tick(choice.firstTicks(CATALOGUE, "f", false), "f", "b", false);
  assert.deepEqual(choice.shareOf(one, F, false), { ticked: 1, usable: 2 });
  assert.ok(choice.isTicked(one, "f", "a") && !choice.isTicked(one, "g", "a"));
  const both = choice.tickFolder(one, G, true, false);
  assert.deepEqual(choice.shareOf(both, G, false), { ticked: 1, usable: 1 });
  assert.equal(choice.tickFolder(both, F, false, false).ticked.size, 1);
  assert.equal(one.ticked.size, 1, "what was there is not changed");
});

test("how much it makes: jobs, and the pictures each of them paints", () => {
  const ticks = { ...choice.firstTicks(CATALOGUE, "f", false), rounds: 2, repeats: 3 };
  assert.deepEqual(choice.amountOf(ticks, CATALOGUE), { jobs: 12, pictures: 6 + 24 });
  assert.deepEqual(choice.amountOf(ticks, CATALOGUE, { batch_size: 2 }), { jobs: 12, pictures: 24 });
  assert.deepEqual(choice.amountOf(choice.firstTicks(CATALOGUE, null, false), CATALOGUE), { jobs: 0, pictures: 0 });
});

test("a folder and a template may have numbers of their own", () => {
  let ticks = choice.firstTicks(CATALOGUE, "f", false);
  ticks = choice.setTimes(ticks, "f", null, 5);
  ticks = choice.setTimes(ticks, "f", "a", 2);
  assert.deepEqual([choice.timesOf(ticks, "f"), choice.timesOf(ticks, "f", "a"), choice.timesOf(ticks, "g")], [5, 2, null]);
  assert.equal(choice.amountOf(ticks, CATALOGUE).jobs, 15);
  assert.equal(choice.amountOf(choice.setTimes(ticks, "f", null, null), CATALOGUE).jobs, 3);
});

test("the order names every template and every folder's rounds", () => {
  const ticks = choice.setTimes({ ...choice.firstTicks(CATALOGUE, "g", false), rounds: 2 }, "g", "a", 3);
  const order = choice.orderOf(choice.tick(ticks, "f", "b", true), CATALOGUE);
  assert.deepEqual(order, {
    folders: [
      { folder: "f", rounds: 2 },
      { folder: "g", rounds: 2 },
    ],
    templates: [
      { folder: "f", template: "b", repeats: 1 },
      { folder: "g", template: "a", repeats: 3 },
    ],
  });
});

test("the most is what the server says of a batch and of the line", () => {
  assert.equal(choice.mostJobs({ batch: 200, queue: 100 }), 100);
  assert.equal(choice.mostJobs({ batch: 200, queue: 1000 }), 200);
  assert.equal(choice.mostJobs(undefined), Infinity);
});

test("from a finished job its prompt is compared, and its picture is what may be started from", () => {
  const job = { prompt: "a cat", negative_prompt: "dogs", reply_id: "r", folder: "f", images: [{ id: "p" }] };
  assert.deepEqual(choice.compareOf(job), { prompt: "a cat", negative: "dogs", replyId: "r", folder: "f", imageId: "p" });
  assert.equal(choice.compareOf(job, { id: "q" }).imageId, "q");
  assert.equal(choice.compareOf({ ...job, images: [] }).imageId, undefined);
});
