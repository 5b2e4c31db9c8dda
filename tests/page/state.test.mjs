// State as the page uses it: facts in, turns and events out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { State } from "../../static/js/state.js";

const snapshot = (over = {}) => ({
  server: {},
  conversation: null,
  messages: [],
  cursor: null,
  replies: [],
  jobs: [],
  folders: [],
  templates_version: "1",
  ...over,
});
const ids = { reply_id: "r", message_id: "m", conversation_id: "c" };

function opened(over) {
  const state = new State();
  state.apply("session", snapshot(over));
  state.show({
    conversation: { conversation_id: "c" },
    messages: [{ role: "user", content: "a cat", created_at: 1, ...ids }],
  });
  return state;
}

function heard(state, type) {
  const details = [];
  state.addEventListener(type, ({ detail }) => details.push(detail));
  return details;
}

test("pieces are appended and told one by one", () => {
  const state = opened();
  const pieces = heard(state, "append");
  for (const [seq, message] of [
    [1, "a "],
    [2, "cat"],
  ])
    state.apply("message", { ...ids, seq, message });
  assert.deepEqual(
    pieces.map(({ piece }) => piece),
    ["a ", "cat"],
  );
  assert.equal(state.turns()[0].live.text, "a cat");
});

test("a stopped reply that is written on is live again, and ends as one message", () => {
  const state = opened();
  state.apply("message", { ...ids, seq: 1, message: "a " });
  state.apply("gpt_chat", { ...ids, full_message: "a ", seq: 1, state: "stopped" });
  assert.equal(state.turns()[0].phase, "prompt");
  state.apply("chat_continued", { ...ids, text: "a ", seq: 1 });
  assert.deepEqual([state.turns()[0].phase, state.liveReply().text], ["writing", "a "]);
  state.apply("message", { ...ids, seq: 2, message: "cat" });
  assert.equal(state.turns()[0].live.text, "a cat");
  state.apply("gpt_chat", { ...ids, full_message: "a cat", seq: 2, state: "complete", prompt: "a cat" });
  assert.equal(state.messages.filter((message) => message.role === "assistant").length, 1);
  assert.deepEqual([state.turns()[0].phase, state.turns()[0].reply.error], ["prompt", null]);
});

test("another socket's reply is shown before its first piece is appended, so that nothing is there twice", () => {
  const state = opened();
  const shown = [];
  state.addEventListener("turns", () => shown.push(state.turns()[0].live.text));
  state.addEventListener("append", ({ detail }) => shown.push(detail.piece));
  state.apply("message", { ...ids, seq: 1, message: "a " });
  state.apply("message", { ...ids, seq: 2, message: "cat" });
  assert.equal(shown.join(""), "a cat");
});

test("a gap is told, and the answer closes it", () => {
  const state = opened();
  const gaps = heard(state, "gap");
  state.apply("message", { ...ids, seq: 1, message: "a" });
  state.apply("message", { ...ids, seq: 3, message: "c" });
  assert.deepEqual(
    gaps.map((reply) => reply.reply_id),
    ["r"],
  );
  state.resumed({ reply_id: "r", text: "abc", seq: 3 });
  state.apply("message", { ...ids, seq: 4, message: "d" });
  assert.equal(state.liveReply().text, "abcd");
});

test("a reply first met in its middle asks for its text", () => {
  const state = opened();
  const gaps = heard(state, "gap");
  state.apply("message", { ...ids, seq: 9, message: "x" });
  assert.equal(gaps.length, 1);
});

test("a snapshot brings live replies back with their text", () => {
  const state = opened({ replies: [{ ...ids, text: "a ca", seq: 4 }] });
  state.apply("message", { ...ids, seq: 5, message: "t" });
  assert.equal(state.liveReply().text, "a cat");
});

test("the end of a reply leaves a prompt that can be painted", () => {
  const state = opened({ replies: [{ ...ids, text: "a", seq: 1 }] });
  state.apply("gpt_chat", { ...ids, full_message: "a cat", seq: 2, prompt: "a cat", state: "complete" });
  assert.deepEqual([state.turns()[0].phase, state.liveReply()], ["prompt", null]);
});

test("an end that is told twice leaves one message, and wakes nothing", () => {
  const state = opened({ replies: [{ ...ids, text: "a ca", seq: 2 }] });
  const end = { ...ids, full_message: "a cat", seq: 3, prompt: "a cat", state: "complete" };
  state.apply("gpt_chat", end);
  const once = structuredClone(state.messages);
  state.apply("gpt_chat", end);
  assert.deepEqual(state.messages, once);
  assert.deepEqual([state.turns().length, state.turns()[0].phase, state.liveReply()], [1, "prompt", null]);
});

test("a continued reply that is told twice keeps the frames that came between", () => {
  const state = opened({ replies: [{ ...ids, text: "a ca", seq: 2 }] });
  const error = { code: "interrupted" };
  for (let time = 0; time < 2; time += 1) state.apply("chat_error", { ...ids, error, full_message: "a c", seq: 9 });
  const [turn] = state.turns();
  assert.deepEqual([turn.phase, turn.reply.content], ["broken", "a c"]);
  const continued = { ...ids, text: "a c", seq: 9 };
  state.apply("chat_continued", continued);
  state.apply("message", { ...ids, seq: 10, message: "at" });
  state.apply("chat_continued", continued);
  assert.equal(state.liveReply().text, "a cat");
});

test("a reply that was told as lost and comes whole after all is whole", () => {
  const state = opened({ replies: [{ ...ids, text: "a ca", seq: 2 }] });
  state.apply("chat_error", { ...ids, error: { code: "interrupted" }, full_message: "a c", seq: 9 });
  state.apply("gpt_chat", { ...ids, full_message: "a cat", seq: 3, prompt: "a cat", state: "complete" });
  const [turn] = state.turns();
  assert.deepEqual([turn.phase, turn.reply.content, turn.reply.error], ["prompt", "a cat", null]);
});

test("a failed reply says why and keeps its words", () => {
  const state = opened({ replies: [{ ...ids, text: "a ca", seq: 2 }] });
  state.apply("chat_error", { ...ids, error: { code: "engine_cut" } });
  const [turn] = state.turns();
  assert.deepEqual([turn.phase, turn.reply.content, turn.reply.error.code], ["broken", "a ca", "engine_cut"]);
});

test("a job goes through line, painting and pictures on its message's sheet", () => {
  const state = opened();
  state.apply("gpt_chat", { ...ids, full_message: "a cat", seq: 1, prompt: "a cat", state: "complete" });
  const job = {
    job_id: "j",
    reply_id: "r",
    conversation_id: "c",
    state: "queued",
    seq: 1,
    attempt: 1,
    images: [],
    created_at: 2,
  };
  const phases = [];
  const see = () => phases.push(state.turns()[0].phase);
  state.apply("job", job);
  see();
  state.apply("queue", { jobs: [{ job_id: "j", position: 2, eta_s: 4 }] });
  assert.equal(state.turns()[0].job.position, 2);
  state.apply("progress", { job_id: "j", progress: 0.5, step: 1, steps: 2, eta_s: 1, preview: null });
  see();
  state.apply("images", { job_id: "j", images: [{ id: "p" }], grid: null });
  state.apply("job", { ...job, state: "done", seq: 3 });
  see();
  assert.deepEqual(phases, ["queued", "painting", "pictures"]);
  assert.deepEqual(state.turns()[0].job.images, [{ id: "p" }]);
});

test("a message the server took becomes a turn behind the others, whatever this machine's clock says", () => {
  const state = opened();
  state.hold({ unsent: [{ message_id: "m2", text: "a dog", conversation_id: "c", error: null }] });
  assert.equal(state.turns()[1].phase, "sending");
  state.accepted(
    { message_id: "m2", text: "a dog" },
    { message_id: "m2", reply_id: "r2", conversation_id: "c" },
    -1_000,
  );
  assert.deepEqual(
    state.turns().map((turn) => [turn.key, turn.phase]),
    [
      ["m", "writing"],
      ["m2", "writing"],
    ],
  );
  assert.deepEqual(state.unsent, []);
});

test("an ack that comes behind the end of its reply does not open the reply again", () => {
  const state = opened();
  state.apply("gpt_chat", { ...ids, full_message: "a cat", seq: 1, prompt: "a cat", state: "complete" });
  state.accepted({ message_id: "m", text: "a cat" }, ids, 1);
  assert.equal(state.liveReply(), null);
});

test("another socket's message shows in the conversation on view only", () => {
  const state = opened();
  const message = { role: "user", content: "hi", message_id: "m3", created_at: 9 };
  state.apply("user_message", {
    message: { ...message, conversation_id: "d" },
    conversation: { conversation_id: "d" },
  });
  assert.equal(state.turns().length, 1);
  state.apply("user_message", {
    message: { ...message, conversation_id: "c" },
    conversation: { conversation_id: "c" },
  });
  assert.equal(state.turns().length, 2);
});

test("who is in a conversation that is deleted somewhere is in a new one, and nobody else is moved", () => {
  const state = opened();
  const deleted = heard(state, "deleted");
  state.apply("conversation_deleted", { conversation_id: "another" });
  assert.equal(state.view, "c");
  state.apply("conversation_deleted", { conversation_id: "c" });
  assert.deepEqual([state.view, state.turns()], [null, []]);
  assert.deepEqual(deleted, [{ here: false }, { here: true }]);
});
