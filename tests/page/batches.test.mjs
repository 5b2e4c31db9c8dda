// What a batch is to the page, and where it stands in the conversation.

import assert from "node:assert/strict";
import { test } from "node:test";

import { batchRuns, itemsOf, numberOf, picturesOfBatch, progressOf, saidOf, unheardJobs } from "../../static/js/batches.js";
import { Batches, Jobs } from "../../static/js/kept.js";
import { State } from "../../static/js/state.js";
import { picturesOf, turnsOf } from "../../static/js/turns.js";

const item = (n, state = "queued", over = {}) => ({
  job_id: `j${n}`,
  folder: "f",
  template: `t${n}`,
  round: 1,
  repeat: 1,
  label: `T${n}`,
  state,
  ...over,
});
const batch = (items, over = {}) => ({
  batch_id: "b",
  conversation_id: "c",
  state: "running",
  prompt: "a cat",
  created_at: 5,
  ended_at: null,
  grids: [],
  total: items.length,
  items,
  ...over,
});
const job = (n, state, over = {}) => ({
  job_id: `j${n}`,
  batch_id: "b",
  conversation_id: "c",
  reply_id: null,
  state,
  seq: 1,
  attempt: 1,
  images: [],
  created_at: 5,
  ...over,
});
const byId = (...jobs) => new Map(jobs.map((one) => [one.job_id, one]));

test("an item is in the state of its job, unless the batch has heard of an end", () => {
  const items = itemsOf(
    batch([item(1), item(2, "running"), item(3, "done"), item(4)]),
    byId(job(1, "running"), job(2, "done"), job(3, "running")),
  );
  assert.deepEqual(
    items.map(({ state }) => state),
    ["running", "done", "done", "queued"],
  );
  assert.equal(items[3].job, null);
});

test("progress counts what has ended whole and what runs by its own", () => {
  const items = itemsOf(
    batch([item(1, "done"), item(2, "failed"), item(3, "running"), item(4), item(5, "cancelled")]),
    byId(job(3, "running", { progress: 0.5 })),
  );
  assert.deepEqual(progressOf(items), { done: 1, failed: 1, cancelled: 1, total: 5, progress: 0.7 });
});

test("a batch can be cancelled while one of its items has not ended", () => {
  assert.ok(batchRuns(batch([item(1, "done"), item(2)])));
  assert.ok(!batchRuns(batch([item(1, "done"), item(2, "failed")])));
  assert.ok(!batchRuns(batch([item(1, "running")], { state: "cancelled" })));
});

test("jobs whose end was not heard are asked for, fifty at once; cancelled ones have nothing to tell", () => {
  const items = Array.from({ length: 60 }, (_, n) => item(n, "done"));
  assert.deepEqual(
    unheardJobs([batch(items)], new Map()).map((ids) => ids.length),
    [50, 10],
  );
  const some = batch([item(1, "done"), item(2, "failed"), item(3, "cancelled"), item(4, "running"), item(5, "done")]);
  assert.deepEqual(unheardJobs([some], byId(job(1, "done"), job(5, "running"))), [["j2", "j5"]]);
  assert.deepEqual(unheardJobs([], new Map()), []);
});

test("an item says its number where there are several of it", () => {
  const alone = [item(1), item(2)];
  assert.equal(numberOf(alone[0], alone), "");
  const twice = [item(1), item(1, "done", { repeat: 2 }), item(2)];
  assert.deepEqual(
    twice.map((one) => numberOf(one, twice)),
    ["1", "2", ""],
  );
  const rounds = [item(1), item(1, "done", { repeat: 2 }), item(1, "done", { round: 2 })];
  assert.deepEqual(
    rounds.map((one) => numberOf(one, rounds)),
    ["1.1", "1.2", "2.1"],
  );
});

test("an end is never taken back by an older record", () => {
  const batches = new Batches();
  batches.keep(batch([], { ended_at: 9, state: "done" }));
  batches.keep(batch([]));
  assert.equal(batches.get("b").ended_at, 9);
});

test("what is told of a job nobody knows changes nothing", () => {
  const jobs = new Jobs();
  assert.equal(jobs.place({ job_id: "j1", position: 1 }), null);
  jobs.images({ job_id: "j1", images: [] });
  assert.equal(jobs.size, 0);
});

const messages = [
  { role: "user", message_id: "m", content: "kitty", created_at: 1 },
  { role: "assistant", message_id: "m", reply_id: "r", prompt: "a cat", content: "a cat", state: "complete" },
];

test("a batch is said in the words its prompt came from", () => {
  assert.equal(saidOf(batch([]), [], messages), "kitty");
  assert.equal(saidOf(batch([], { prompt: "a dog" }), [], messages), "a dog");
  const edited = itemsOf(batch([item(1)]), byId(job(1, "done", { reply_id: "r" })));
  assert.equal(saidOf(batch([], { prompt: "a dog" }), edited, messages), "kitty");
});

const turns = (over) => turnsOf({ messages, replies: [], jobs: [], unsent: [], drafts: [], view: "c", ...over });

test("a batch is one turn, its jobs are none", () => {
  const found = turns({ batches: [batch([item(1), item(2)])], jobs: [job(1, "done", { reply_id: "r" }), job(2, "queued")] });
  assert.deepEqual(
    found.map(({ key, phase }) => [key, phase]),
    [
      ["m", "prompt"],
      ["b", "batch"],
    ],
  );
  assert.equal(found[1].items[0].job.job_id, "j1");
});

test("what is painted of a reply after its batch stands behind the batch", () => {
  const ofReply = { reply_id: "r", batch_id: null };
  const jobs = [job(1, "done", { reply_id: "r" }), job(7, "done", { ...ofReply, created_at: 8 })];
  const keys = (list) => turns({ batches: [batch([item(1)])], jobs: list }).map(({ key, phase }) => `${key} ${phase}`);
  assert.deepEqual(keys(jobs), ["m prompt", "b batch", "j7 pictures"]);
  const before = job(8, "done", { ...ofReply, created_at: 2 });
  assert.deepEqual(keys([...jobs, before]), ["m pictures", "b batch", "j7 pictures"]);
});

test("batches of other conversations, and those older than what is shown, are not there", () => {
  assert.equal(turns({ batches: [batch([], { conversation_id: "d" })] }).length, 1);
  assert.equal(turns({ view: null, messages: [], batches: [batch([], { conversation_id: null })] }).length, 0);
  assert.equal(turns({ cursor: 4, batches: [batch([], { created_at: 0.5 })] }).length, 1);
  assert.equal(turns({ cursor: 4, batches: [batch([])] }).length, 2);
});

test("the full-size view walks through a batch's pictures, then its grids", () => {
  const images = [{ id: "p1" }, { id: "p2" }];
  const grids = [{ id: "g", label: "Cats", folder: "f", template: null }];
  const jobs = [job(1, "done", { images }), job(2, "failed")];
  const found = turns({ jobs, batches: [batch([item(1, "done"), item(2, "failed")], { grids })] });
  const shown = picturesOf(found);
  assert.deepEqual(
    shown.map(({ picture, said, isGrid = false }) => [picture.id, said, isGrid]),
    [
      ["p1", "kitty", false],
      ["p2", "kitty", false],
      ["g", "Cats", true],
    ],
  );
  assert.equal(shown[0].job, jobs[0]);
  assert.deepEqual(picturesOfBatch(found[1]), shown);
});

test("state takes batches from snapshot, event and answers, and tells them", () => {
  const state = new State();
  const told = [];
  state.addEventListener("batch", ({ detail }) => told.push([detail.before?.ended_at, detail.batch.ended_at]));
  const snapshot = { server: {}, replies: [], jobs: [job(1, "running")], batches: [batch([item(1)])] };
  state.apply("session", snapshot);
  state.show({ conversation: { conversation_id: "c" }, messages: [] });
  assert.deepEqual(
    state.turns().map(({ phase, items }) => [phase, items[0].state]),
    [["batch", "running"]],
  );
  state.apply("batch", batch([item(1, "done")], { ended_at: 9 }));
  assert.deepEqual(told, [[null, 9]]);
  state.keep({ jobs: [job(1, "done", { seq: 2, images: [{ id: "p" }] })] });
  assert.equal(picturesOf(state.turns()).length, 1);
});
