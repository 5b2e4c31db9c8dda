// Jobs only go forward: older records, lower progress and late previews change nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  applyImages,
  applyPlace,
  applyProgress,
  askedJob,
  hasEnded,
  mergeJob,
  wasHandedOn,
} from "../../static/js/jobs.js";

const record = (over = {}) => ({
  job_id: "j",
  state: "running",
  seq: 5,
  attempt: 1,
  progress: 0.5,
  images: [],
  position: null,
  eta_s: 3,
  ...over,
});
const tick = (over = {}) => ({ job_id: "j", progress: 0.6, step: 12, steps: 20, eta_s: 2, ...over });

test("a newer record is taken, an older one is not", () => {
  const old = record();
  assert.equal(mergeJob(undefined, old), old);
  assert.equal(mergeJob(old, record({ seq: 4, state: "queued" })), old);
  assert.equal(mergeJob(old, record({ seq: 6, state: "done" })).state, "done");
});

test("a record never takes progress back within an attempt", () => {
  assert.equal(mergeJob(record({ progress: 0.7 }), record({ seq: 6, progress: 0.5 })).progress, 0.7);
  assert.equal(mergeJob(record({ progress: 0.7 }), record({ seq: 6, progress: 0, attempt: 2 })).progress, 0);
});

test("pictures that came before the record stay", () => {
  const painted = applyImages(record(), { images: [{ id: "p", url: "/p", data: null }] });
  assert.deepEqual(painted.images, [{ id: "p", url: "/p" }]);
  assert.deepEqual(mergeJob(painted, record({ seq: 6, state: "done" })).images, painted.images);
});

test("progress goes forward only, and not after the end", () => {
  assert.equal(applyProgress(record(), tick()).progress, 0.6);
  const same = record();
  assert.equal(applyProgress(same, tick({ progress: 0.4 })), same);
  const done = record({ state: "done" });
  assert.equal(applyProgress(done, tick()), done);
});

test("progress begins the painting of a job in line", () => {
  assert.equal(applyProgress(record({ state: "queued", progress: 0 }), tick()).state, "running");
});

test("a place in line is taken while in line", () => {
  const queued = record({ state: "queued" });
  assert.deepEqual(
    [applyPlace(queued, { position: 2, eta_s: 9 }).position, applyPlace(queued, { position: 2, eta_s: 9 }).eta_s],
    [2, 9],
  );
  const running = record();
  assert.equal(applyPlace(running, { position: 2, eta_s: 9 }), running);
});

test("which states are an end", () => {
  const ends = ["queued", "running", "done", "failed", "cancelled"].filter((state) => hasEnded({ state }));
  assert.deepEqual(ends, ["done", "failed", "cancelled"]);
});

test("an asked job gives way to the server's first record", () => {
  const asked = askedJob({ job_id: "j", prompt: "a cat", width: undefined }, 7);
  assert.deepEqual([asked.state, asked.seq, asked.created_at], ["queued", 0, 7]);
  assert.equal(mergeJob(asked, record({ seq: 1, state: "queued", position: 3 })).position, 3);
});


test("a job that a painter failed is handed on until it has ended", () => {
  assert.equal(wasHandedOn(record()), false);
  assert.equal(wasHandedOn(record({ failed_on: [] })), false);
  assert.equal(wasHandedOn(record({ failed_on: ["big"] })), true);
  assert.equal(wasHandedOn(record({ failed_on: ["big"], state: "queued" })), true);
  assert.equal(wasHandedOn(record({ failed_on: ["big"], state: "done" })), false);
});
