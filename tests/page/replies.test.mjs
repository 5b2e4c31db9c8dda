// The resume rules: what is had is ignored, what is next is appended, anything else is a gap.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  applyFrame,
  applyResume,
  beginReply,
  canGoOn,
  continueReply,
  failedMessage,
  finishedMessage,
  meetReply,
} from "../../static/js/replies.js";

const ids = { reply_id: "r", message_id: "m", conversation_id: "c" };
const reply = (text, seq) => beginReply({ ...ids, text, seq });

const CASES = [
  ["the first piece", reply("", 0), { seq: 1, message: "a" }, "append", "a", 1],
  ["the next piece", reply("a", 1), { seq: 2, message: "b" }, "append", "ab", 2],
  ["several joined", reply("a", 1), { from: 2, seq: 4, message: "bcd" }, "append", "abcd", 4],
  ["one that is had", reply("ab", 2), { seq: 2, message: "b" }, "ignore", "ab", 2],
  ["joined ones that are had", reply("abc", 3), { from: 2, seq: 3, message: "bc" }, "ignore", "abc", 3],
  ["one is missing", reply("a", 1), { seq: 3, message: "c" }, "gap", "a", 1],
  ["joined ones that overlap", reply("ab", 2), { from: 2, seq: 3, message: "bc" }, "gap", "ab", 2],
  ["a reply met in its middle", reply("", -1), { seq: 7, message: "x" }, "gap", "", -1],
];

for (const [name, before, frame, outcome, text, seq] of CASES) {
  test(`a frame: ${name}`, () => {
    const result = applyFrame(before, frame);
    assert.equal(result.outcome, outcome);
    assert.deepEqual([result.reply.text, result.reply.seq], [text, seq]);
  });
}

test("a resume answer replaces the text", () => {
  assert.deepEqual(applyResume(reply("a", 1), { text: "abc", seq: 3 }), reply("abc", 3));
});

test("a resume answer that is behind changes nothing", () => {
  const ahead = reply("abcd", 4);
  assert.equal(applyResume(ahead, { text: "abc", seq: 3 }), ahead);
});

test("frames after a resume go on from its seq", () => {
  const resumed = applyResume(reply("a", 1), { text: "abc", seq: 3 });
  assert.equal(applyFrame(resumed, { seq: 4, message: "d" }).reply.text, "abcd");
});

test("a reply that goes on replaces what is here, unless a snapshot is further on", () => {
  const event = { ...ids, text: "half a", seq: 1000002, client_sid: null };
  assert.deepEqual(continueReply(undefined, event), reply("half a", 1000002));
  assert.deepEqual(continueReply(reply("half a cat on", 5), event), reply("half a", 1000002));
  const ahead = reply("half a dog", 1000003);
  assert.equal(continueReply(ahead, event), ahead);
  assert.equal(applyFrame(continueReply(undefined, event), { seq: 1000003, message: " dog" }).reply.text, "half a dog");
});

test("a reply met in its middle has a gap before it", () => {
  assert.equal(meetReply({ ...ids, seq: 1, message: "a" }).seq, 0);
  assert.equal(meetReply({ ...ids, from: 1, seq: 3, message: "abc" }).seq, 0);
  assert.equal(meetReply({ ...ids, seq: 7, message: "x" }).seq, -1);
});

for (const [can, record] of [
  [true, { state: "stopped", content: "a" }],
  [true, { state: "interrupted", content: "a" }],
  [true, { state: "failed", content: "a" }],
  [true, { state: "complete", content: "a", finish_reason: "length" }],
  [false, { state: "complete", content: "a", finish_reason: "stop" }],
  [false, { state: "failed", content: "" }],
  [false, null],
])
  test(`${JSON.stringify(record)} can ${can ? "" : "not "}be gone on with`, () => assert.equal(canGoOn(record), can));

test("the end of a reply leaves a message with its prompt", () => {
  const message = finishedMessage(
    { ...ids, full_message: "a cat", seq: 2, prompt: "a cat", negative_prompt: "dogs", state: "complete" },
    3,
  );
  assert.deepEqual(
    [message.role, message.content, message.state, message.prompt, message.negative_prompt],
    ["assistant", "a cat", "complete", "a cat", "dogs"],
  );
});

test("a failed reply keeps what had come", () => {
  const error = { code: "engine_cut", message: "", detail: {} };
  const message = failedMessage({ ...ids, error }, "half a");
  assert.deepEqual([message.state, message.content, message.error], ["failed", "half a", error]);
  assert.equal(failedMessage({ ...ids, error, full_message: "half a cat" }, "half a").content, "half a cat");
});
