// A device of a session: Node's own socket.io client with its own reconnecting, and the page's own state and rules behind
// it. Says words and orders a picture (or follows what somebody else asked for), and when both have ended prints what it
// has as one line of JSON. Usage: node device.mjs < WISH, with WISH = {address, token, transports, words, order, follow,
// expect, ack_ms}; `expect` is the whole text, of which all that is ever shown must be a beginning.

import { readFileSync } from "node:fs";

import { io } from "socket.io-client";

import { Resumer } from "../../static/js/resumer.js";
import { State } from "../../static/js/state.js";
import { Unheard } from "../../static/js/unheard.js";

const { address, token, transports, words, order, follow, expect, ack_ms = 2_000 } = JSON.parse(readFileSync(0, "utf8"));
const FACTS = ["session", "user_message", "message", "gpt_chat", "chat_error", "chat_continued", "job", "progress", "images"];
const ENDED = ["done", "failed", "cancelled"];

const auth = { session: token, images: "url" };
const socket = io(address, { auth, transports, reconnectionDelay: 30, reconnectionDelayMax: 300, timeout: 3_000 });
const state = new State();
const told = { connects: 0, gaps: 0, ends: 0, wrong: [] };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** As the page does: what is not acknowledged is asked again, by the same name. */
async function ask(event, data) {
  for (;;) {
    if (socket.connected) {
      try {
        return await socket.timeout(ack_ms).emitWithAck(event, data);
      } catch {
        // lost on its way, or its answer was
      }
    }
    await pause(30);
  }
}

let reply_id = follow?.reply_id ?? null;
const job_id = order?.job_id ?? follow?.job_id ?? null;
const shown = () => state.replies.get(reply_id)?.text ?? kept()?.content ?? "";
const kept = () => state.messages.find((message) => message.role === "assistant" && message.reply_id === reply_id);

function look() {
  if (reply_id && !expect.startsWith(shown())) told.wrong.push(shown().slice(-60));
}

/** As the page does with its first message. */
function accepted(ack) {
  reply_id = ack.reply_id;
  if (state.view === null) state.show({ conversation: { conversation_id: ack.conversation_id } });
  state.accepted(words, ack, Date.now() / 1000);
  return ack;
}

for (const name of FACTS) socket.on(name, (data) => state.apply(name, data));
socket.on("session", (snapshot) => {
  told.connects += 1;
  if (snapshot.messages.length || snapshot.cursor === null) state.show(snapshot);
  else ask("history", {}).then((page) => state.show(page)); // too long for a snapshot
});
socket.on("gpt_chat", () => (told.ends += 1));
state.addEventListener("gap", () => (told.gaps += 1));
for (const type of ["append", "turns"]) state.addEventListener(type, look);
new Resumer({ ask }, state);
new Unheard({ ask }, state);
if (job_id) state.addJob({ job_id, state: "queued", seq: 0, created_at: 0, conversation_id: null, images: [] });

const asked = [];
if (words) asked.push(ask("gpt_chat", words).then(accepted));
if (order) asked.push(ask("generate", order));
const acks = await Promise.all(asked);
if (reply_id) console.log(JSON.stringify({ kind: "began", reply_id, acks }));

const hasText = () => !reply_id || !["streaming", undefined].includes(kept()?.state);
const hasPicture = () => !job_id || ENDED.includes(state.jobs.get(job_id)?.state);
while (!hasText() || !hasPicture()) await pause(20);
const job = state.jobs.get(job_id) ?? null;
const pictures = job?.images?.length ?? 0;
const end = { kind: "end", ...told, text: kept()?.content ?? null, job: job?.state ?? null, pictures };
process.stdout.write(`${JSON.stringify(end)}\n`, () => process.exit(0)); // not before the pipe has taken it all
