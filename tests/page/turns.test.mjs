// Which turns a conversation has, in which order, and what each sheet shows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { phaseOf, picturesOf, shownJobs, turnsOf } from "../../static/js/turns.js";

const user = (n, at = n) => ({ role: "user", message_id: `m${n}`, content: `words ${n}`, created_at: at });
const answer = (n, over = {}) => ({
  role: "assistant",
  message_id: `m${n}`,
  reply_id: `r${n}`,
  content: "a cat",
  prompt: "a cat",
  state: "complete",
  ...over,
});
const job = (id, at, over = {}) => ({
  job_id: id,
  reply_id: "r1",
  conversation_id: "c",
  state: "done",
  created_at: at,
  prompt: "a cat",
  images: [],
  ...over,
});
const turns = (over) => turnsOf({ messages: [], replies: [], jobs: [], unsent: [], drafts: [], view: "c", ...over });
const keys = (list) => list.map((turn) => turn.key);

const PHASES = [
  ["sending", { unsent: { error: null } }],
  ["refused", { unsent: { error: { code: "too_many" } } }],
  ["writing", { live: { text: "a" } }],
  ["writing", {}],
  ["writing", { reply: answer(1, { state: "streaming", prompt: null }) }],
  ["prompt", { reply: answer(1) }],
  ["candidates", { reply: answer(1, { candidates: [{ prompt: "a" }, { prompt: "b" }] }) }],
  ["prompt", { reply: answer(1, { candidates: [{ prompt: "a" }] }) }],
  ["prompt", { draft: { prompt: "a cat" } }],
  ["prompt", { reply: answer(1), job: job("j", 1, { state: "cancelled" }) }],
  ["prompt", { reply: answer(1, { state: "stopped", prompt: null }) }],
  ["broken", { reply: answer(1, { state: "stopped", prompt: null, content: "" }) }],
  ["broken", { reply: answer(1, { state: "interrupted", prompt: null }) }],
  ["broken", { reply: answer(1, { state: "failed", prompt: null }) }],
  ["talk", { reply: answer(1, { prompt: null }) }],
  ["queued", { reply: answer(1), job: job("j", 1, { state: "queued" }) }],
  ["painting", { reply: answer(1), job: job("j", 1, { state: "running" }) }],
  ["pictures", { reply: answer(1), job: job("j", 1) }],
  ["trouble", { reply: answer(1), job: job("j", 1, { state: "failed" }) }],
];

for (const [phase, parts] of PHASES) {
  test(`phase ${phase} of ${JSON.stringify(parts).slice(0, 60)}`, () => assert.equal(phaseOf(parts), phase));
}

test("a message, its reply and its first job are one turn", () => {
  const [turn, ...rest] = turns({ messages: [user(1), answer(1)], jobs: [job("j", 2)] });
  assert.deepEqual([turn.key, turn.said, turn.phase, turn.job.job_id], ["m1", "words 1", "pictures", "j"]);
  assert.deepEqual(rest, []);
});

test("a further job of a reply is a turn of its own, in the order of time", () => {
  const list = turns({ messages: [user(1), answer(1), user(2, 10), answer(2)], jobs: [job("b", 20), job("a", 2)] });
  assert.deepEqual(keys(list), ["m1", "m2", "b"]);
  assert.equal(list[2].said, "words 1");
});

test("a cancelled or failed job gives its place to the next try", () => {
  assert.deepEqual(
    shownJobs([job("b", 2), job("a", 1, { state: "cancelled" })]).map((one) => one.job_id),
    ["b"],
  );
  assert.deepEqual(
    shownJobs([job("a", 1), job("b", 2, { state: "failed" })]).map((one) => one.job_id),
    ["a", "b"],
  );
});

test("a job without a reply is a turn; one of another conversation is not", () => {
  assert.deepEqual(
    keys(turns({ jobs: [job("j", 1, { reply_id: null }), job("k", 2, { reply_id: null, conversation_id: "other" })] })),
    ["j"],
  );
});

test("nothing of other conversations shows in a new one", () => {
  assert.deepEqual(turns({ view: null, jobs: [job("j", 1, { conversation_id: null })] }), []);
});

test("what is on its way comes last, what was refused stays where it was", () => {
  const unsent = [
    { message_id: "u1", text: "refused", conversation_id: "c", at: 5, error: { code: "too_many" } },
    { message_id: "u2", text: "going", conversation_id: "c", at: 6, error: null },
    { message_id: "u3", text: "elsewhere", conversation_id: "d", at: 6, error: null },
  ];
  assert.deepEqual(keys(turns({ messages: [user(1), user(2, 9)], unsent })), ["m1", "u1", "m2", "u2"]);
});

test("a message of this page is sorted by its place, not by this machine's clock", () => {
  const mine = { ...user(2, 9_999), at: 3.001 };
  assert.deepEqual(keys(turns({ messages: [user(1), answer(1), mine], jobs: [job("a", 2), job("b", 4)] })), [
    "m1",
    "m2",
    "b",
  ]);
});

test("a draft carries the words it came from", () => {
  const drafts = [{ draft_id: "d", at: 5, conversation_id: "c", reply_id: "r1", prompt: "a dog" }];
  const [, draft] = turns({ messages: [user(1), answer(1)], drafts });
  assert.deepEqual([draft.key, draft.said, draft.phase], ["d", "words 1", "prompt"]);
});

test("a live reply is found by its message", () => {
  const [turn] = turns({ messages: [user(1)], replies: [{ reply_id: "r1", message_id: "m1", text: "a c" }] });
  assert.deepEqual([turn.phase, turn.live.text], ["writing", "a c"]);
});

test("the full-size view walks through every finished picture in order", () => {
  const list = turns({
    messages: [user(1), answer(1)],
    jobs: [job("a", 2, { images: [{ id: "p" }, { id: "q" }] }), job("b", 3, { images: [{ id: "r" }] })],
  });
  assert.deepEqual(
    picturesOf(list).map(({ picture }) => picture.id),
    ["p", "q", "r"],
  );
});

test("prompts to choose from stay when one of them is painted", () => {
  const reply = answer(1, { candidates: [{ prompt: "a" }, { prompt: "b" }] });
  const list = turns({ messages: [user(1), reply], jobs: [job("j1", 2), job("j2", 3)] });
  assert.deepEqual(keys(list), ["m1", "j1", "j2"]);
  assert.deepEqual(
    list.map((turn) => turn.phase),
    ["candidates", "pictures", "pictures"],
  );
  assert.equal(list[1].said, "words 1");
});
