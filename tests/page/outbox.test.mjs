// Messages on their way: kept until the server has taken them, sent again with the same id, never twice at once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox } from "../../static/js/outbox.js";
import { tabStore } from "../../static/js/preferences.js";
import { State } from "../../static/js/state.js";

const OFFLINE = { ok: false, error: { code: "offline" } };
const taken = ({ message_id, conversation_id = "new" }) => ({
  ok: true,
  message_id,
  reply_id: `r-${message_id}`,
  conversation_id,
});

/** A connection that answers from a script: each ask takes the next answer, the last one stays. */
function box(answers, view = "c") {
  tabStore.remove("unsent");
  const state = new State();
  state.show({ conversation: view && { conversation_id: view } });
  const asked = [];
  const connection = {
    ask: async (event, data) => {
      asked.push([event, data]);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return typeof answer === "function" ? answer(data) : answer;
    },
  };
  return { state, asked, connection, outbox: new Outbox(connection, state), answers };
}

const sentIds = (asked) => asked.filter(([event]) => event === "gpt_chat").map(([, data]) => data.message_id);

test("a message that is taken leaves and becomes a turn", async () => {
  const { state, outbox, asked } = box([taken]);
  await outbox.add({ text: "a cat", paint: true });
  assert.deepEqual(state.unsent, []);
  assert.deepEqual(
    state.turns().map((turn) => [turn.said, turn.phase]),
    [["a cat", "writing"]],
  );
  assert.deepEqual(Object.keys(asked[0][1]).sort(), ["conversation_id", "message_id", "paint", "text"]);
});

test("offline, it waits and is sent again with its own id", async () => {
  const { state, outbox, asked } = box([OFFLINE, taken]);
  await outbox.add({ text: "a cat" });
  assert.equal(state.turns()[0].phase, "sending");
  await outbox.flush();
  const [first, second] = sentIds(asked);
  assert.equal(first, second);
  assert.deepEqual(state.unsent, []);
});

test("a reload finds what waits", async () => {
  const { outbox, connection } = box([OFFLINE, taken]);
  await outbox.add({ text: "a cat" });
  const afterReload = new State();
  await new Outbox(connection, afterReload).flush();
  assert.deepEqual(afterReload.unsent, []);
  assert.deepEqual(tabStore.get("unsent"), []);
});

test("while the conversation is answered it waits for the end", async () => {
  const { state, outbox } = box([{ ok: false, error: { code: "busy" } }, taken]);
  await outbox.add({ text: "a cat" });
  assert.equal(state.unsent.length, 1);
  state.apply("gpt_chat", { reply_id: "r", message_id: "m", conversation_id: "c", full_message: "", seq: 1 });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(state.unsent, []);
});

test("a refused message says why, and lets the next one pass", async () => {
  const error = { code: "too_many", message: "", detail: {} };
  const { state, outbox } = box([{ ok: false, error }, taken]);
  await outbox.add({ text: "a cat" });
  assert.deepEqual([state.turns()[0].phase, state.unsent[0].error], ["refused", error]);
  await outbox.add({ text: "a dog" });
  assert.deepEqual(
    state.turns().map((turn) => turn.said),
    ["a cat", "a dog"],
  );
});

test("a refused message can be tried again or taken back", async () => {
  const { state, outbox } = box([
    { ok: false, error: { code: "too_many" } },
    { ok: false, error: { code: "too_many" } },
    taken,
  ]);
  await outbox.add({ text: "a cat" });
  await outbox.add({ text: "a dog" });
  outbox.remove(state.unsent[0].message_id);
  await outbox.retry(state.unsent[0].message_id);
  assert.deepEqual(
    state.turns().map((turn) => [turn.said, turn.phase]),
    [["a dog", "writing"]],
  );
});

test("two messages of a new conversation go into one", async () => {
  const { state, outbox, asked } = box([OFFLINE, taken], null);
  await Promise.all([outbox.add({ text: "a cat" }), outbox.add({ text: "a dog" })]);
  await outbox.flush();
  const places = asked.map(([, data]) => data.conversation_id);
  assert.deepEqual(places, [undefined, undefined, "new"]); // offline, then the first makes it, then the second goes there
  assert.equal(state.view, "new");
  assert.deepEqual(
    state.turns().map((turn) => turn.said),
    ["a cat", "a dog"],
  );
});

test("a flush that comes during a failing one is not lost", async () => {
  const { state, outbox, answers } = box([OFFLINE]);
  const first = outbox.add({ text: "a cat" });
  answers.splice(0, 1, taken);
  outbox.flush();
  await first;
  assert.deepEqual(state.unsent, []);
});
