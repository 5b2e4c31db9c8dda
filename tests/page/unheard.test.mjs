// After a connect the page asks for what it may have missed, and for nothing else.

import assert from "node:assert/strict";
import { test } from "node:test";

import { State } from "../../static/js/state.js";
import { Unheard } from "../../static/js/unheard.js";

const job = (job_id, state, over = {}) => ({ job_id, state, seq: 1, created_at: 1, images: [], ...over });
const snapshot = (jobs) => ({ server: {}, replies: [], jobs, batches: [] });

function page(known, answer = (ids) => ids.map((id) => job(id, "done", { seq: 9 }))) {
  const state = new State();
  const asked = [];
  const connection = {
    ask: async (event, { job_ids }) => {
      asked.push([event, job_ids]);
      return { ok: true, jobs: answer(job_ids) };
    },
  };
  new Unheard(connection, state);
  for (const one of known) state.apply("job", one);
  return { state, asked };
}

const settled = () => new Promise((done) => setTimeout(done, 5));

test("a job that ended unheard is asked for", async () => {
  const { state, asked } = page([job("a", "running"), job("b", "queued"), job("c", "done")]);
  state.apply("session", snapshot([job("b", "running", { seq: 2 })]));
  await settled();
  assert.deepEqual(asked, [["jobs", ["a"]]]);
  assert.deepEqual(["a", "b", "c"].map((id) => state.jobs.get(id).state), ["done", "running", "done"]);
});

test("nothing missed, nothing asked", async () => {
  const { state, asked } = page([job("a", "running")]);
  state.apply("session", snapshot([job("a", "done", { seq: 3 })]));
  await settled();
  assert.deepEqual(asked, []);
});

test("many are asked for in parts", async () => {
  const { state, asked } = page(Array.from({ length: 120 }, (_, n) => job(`j${n}`, "queued")));
  state.apply("session", snapshot([]));
  await settled();
  assert.deepEqual(
    asked.map(([, ids]) => ids.length),
    [50, 50, 20],
  );
  assert.ok([...state.jobs.values()].every((one) => one.state === "done"));
});
