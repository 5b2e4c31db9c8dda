// Pure: the turns of a conversation (a label beside a sheet) from its messages, replies, jobs and batches.
// A message makes a turn; so does every further job of its reply, every batch, and every prompt that is being written anew.

import { itemsOf, picturesOfBatch, saidOf } from "./batches.js";

/** Jobs worth a sheet: one that was cancelled or failed gives its place to the next try. */
export function shownJobs(jobs) {
  const inOrder = [...jobs].sort((a, b) => a.created_at - b.created_at);
  return inOrder.filter((job, n) => n === inOrder.length - 1 || !["cancelled", "failed"].includes(job.state));
}

/** A reply with several prompts keeps its sheet when one is painted: another may be wanted too. */
export const offersChoice = (reply) => reply?.candidates?.length > 1;

/** When the first batch of each reply began: what is painted of it afterwards stands behind the batch. */
function comparedAt(jobs) {
  const times = new Map();
  for (const { batch_id, reply_id, created_at } of jobs)
    if (batch_id && reply_id) times.set(reply_id, Math.min(created_at, times.get(reply_id) ?? Infinity));
  return times;
}

/** What the sheet of a turn shows. */
export function phaseOf({ unsent, draft, job, live, reply, batch }) {
  if (unsent) return unsent.error ? "refused" : "sending";
  if (draft) return "prompt";
  if (batch) return "batch";
  if (job)
    return { queued: "queued", running: "painting", done: "pictures", failed: "trouble", cancelled: "prompt" }[
      job.state
    ];
  if (live || !reply || reply.state === "streaming") return "writing";
  if (offersChoice(reply)) return "candidates";
  if (reply.prompt) return "prompt";
  if (reply.state === "complete") return "talk";
  return reply.state === "stopped" && reply.content ? "prompt" : "broken";
}

function turn(parts) {
  const whole = { message: null, reply: null, live: null, job: null, batch: null, unsent: null, draft: null, ...parts };
  return { ...whole, phase: phaseOf(whole) };
}

/**
 * The turns of the conversation on view, oldest first; what has not reached the server yet comes last. `at` is the
 * server's time, or just behind the newest one known: the clock of this machine may be wrong. `replies` are the live ones.
 * Each turn: {key, at, said, phase, message, reply, live, job, batch, items, unsent, draft}; jobs of a batch are its items.
 */
export function turnsOf({ messages, replies, jobs, batches = [], unsent, drafts, view, cursor = null }) {
  const answers = new Map(messages.filter((m) => m.role === "assistant").map((m) => [m.message_id, m]));
  const live = new Map(replies.map((r) => [r.message_id, r]));
  const own = jobs.filter((job) => view !== null && job.conversation_id === view && !job.batch_id);
  const byReply = grouped(own);
  const compared = comparedAt(jobs);
  const words = new Map();
  const turns = [];
  for (const message of messages.filter((m) => m.role === "user")) {
    const reply = answers.get(message.message_id) ?? null;
    const running = live.get(message.message_id) ?? null;
    const replyId = reply?.reply_id ?? running?.reply_id;
    words.set(replyId, message);
    const made = shownJobs(byReply.get(replyId) ?? []);
    const keepsSheet = offersChoice(reply) || made[0]?.created_at > compared.get(replyId);
    const [job, ...further] = keepsSheet ? [null, ...made] : [made[0] ?? null, ...made.slice(1)];
    byReply.delete(replyId);
    turns.push(
      turn({
        key: message.message_id,
        at: message.at ?? message.created_at ?? 0,
        said: message.content,
        message,
        reply,
        live: running,
        job,
      }),
    );
    for (const again of further)
      turns.push(turn({ key: again.job_id, at: again.created_at, said: message.content, message, reply, job: again }));
  }
  for (const rest of byReply.values()) {
    for (const job of shownJobs(rest)) turns.push(turn({ key: job.job_id, at: job.created_at, said: job.prompt, job }));
  }
  const byId = new Map(jobs.map((job) => [job.job_id, job]));
  const since = cursor === null ? 0 : (messages[0]?.created_at ?? 0); // what is older comes with its messages
  for (const batch of batches.filter((b) => view !== null && b.conversation_id === view && b.created_at >= since)) {
    const items = itemsOf(batch, byId);
    const said = saidOf(batch, items, messages);
    turns.push(turn({ key: batch.batch_id, at: batch.created_at, said, batch, items }));
  }
  for (const item of unsent.filter((u) => u.conversation_id === view)) {
    turns.push(turn({ key: item.message_id, at: item.error ? item.at : Infinity, said: item.text, unsent: item }));
  }
  for (const draft of drafts.filter((d) => d.conversation_id === view)) {
    const message = words.get(draft.reply_id) ?? null;
    turns.push(turn({ key: draft.draft_id, at: draft.at, said: message?.content ?? draft.prompt, message, draft }));
  }
  return turns.sort((a, b) => a.at - b.at || 0); // Infinity - Infinity: as they came
}

function grouped(jobs) {
  const groups = new Map();
  for (const job of jobs) {
    const key = job.reply_id ?? job.job_id;
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  return groups;
}

/** Every finished picture of these turns, in order: what the full-size view walks through. */
export function picturesOf(turns) {
  return turns.flatMap((t) => {
    if (t.phase === "batch") return picturesOfBatch(t);
    return t.phase === "pictures" ? t.job.images.map((picture) => ({ picture, job: t.job, said: t.said })) : [];
  });
}
