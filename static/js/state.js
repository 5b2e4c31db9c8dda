// What the page knows: conversation, messages, live replies, jobs, batches. Holds no DOM and no socket. Facts from the server come
// in through `apply`; every change is told as an event, and the views read what they need.

import { Batches, Jobs } from "./kept.js";
import { hasEndOf, keepMessage, sentMessage } from "./messages.js";
import * as replyRules from "./replies.js";
import { turnsOf } from "./turns.js";

export class State extends EventTarget {
  server = null;
  view = null; // conversation_id on view; null: a new conversation
  conversation = null;
  messages = [];
  cursor = null;
  replies = new Map();
  jobs = new Jobs();
  batches = new Batches();
  unsent = [];
  drafts = [];
  loading = true;

  // ---- Facts ----

  apply(name, data) {
    this[`on_${name}`]?.(data);
  }

  on_session(snapshot) {
    this.server = snapshot.server;
    this.replies = new Map(snapshot.replies.map((reply) => [reply.reply_id, replyRules.beginReply(reply)]));
    this.keep(snapshot);
    this.tell("server");
    this.tell("snapshot", snapshot);
  }

  on_server(server) {
    this.server = server;
    this.tell("server");
  }

  on_user_message({ message, conversation }) {
    if (conversation.conversation_id === this.view) {
      this.conversation = conversation;
      this.messages = keepMessage(this.messages, message);
      this.tell("turns");
    }
    this.tell("conversations");
  }

  on_conversation({ conversation }) {
    if (conversation.conversation_id === this.view) this.conversation = conversation;
    this.tell("turns");
    this.tell("conversations");
  }

  on_conversation_deleted({ conversation_id: gone }) {
    this.tell("deleted", { here: gone === this.view });
    if (gone === this.view) this.show({ conversation: null });
  }

  on_message(frame) {
    if (!this.replies.has(frame.reply_id)) this.#meet(frame);
    const { reply, outcome, piece } = replyRules.applyFrame(this.replies.get(frame.reply_id), frame);
    this.replies.set(reply.reply_id, reply);
    if (outcome === "append") this.tell("append", { reply, piece });
    if (outcome === "gap" && reply.conversation_id === this.view) this.tell("gap", reply);
  }

  on_gpt_chat(event) {
    this.#endReply(replyRules.finishedMessage(event, null));
    this.tell("finished", event);
  }

  on_chat_error(event) {
    this.#endReply(replyRules.failedMessage(event, this.replies.get(event.reply_id)?.text ?? ""));
    this.tell("chat_failed", event);
  }

  on_chat_continued(event) {
    this.replies.set(event.reply_id, replyRules.continueReply(this.replies.get(event.reply_id), event));
    this.tell("turns");
  }

  on_job(record) {
    const before = this.jobs.get(record.job_id);
    const job = this.jobs.keep(record);
    this.tell("turns");
    this.tell("job", { job, before });
  }

  on_batch(record) {
    const before = this.batches.get(record.batch_id);
    this.keep({ batches: [record] });
    this.tell("batch", { batch: this.batches.get(record.batch_id), before });
  }

  on_queue({ jobs }) {
    for (const job of jobs.map((place) => this.jobs.place(place)))
      if (job) this.tell("progress", { job, preview: null });
  }

  on_progress(event) {
    const before = this.jobs.get(event.job_id);
    if (!before) return;
    const job = this.jobs.progress(event);
    if (job.state !== before.state) this.tell("turns");
    this.tell("progress", { job, preview: event.preview ?? null });
  }

  on_images(event) {
    this.jobs.images(event);
  }

  // ---- Answers to what this page asked ----

  resumed(answer) {
    const before = this.replies.get(answer.reply_id);
    if (!before) return;
    this.replies.set(answer.reply_id, replyRules.applyResume(before, answer));
    this.tell("turns");
  }

  /** Put a conversation on view (null: a new one) with what the server said of it. */
  show({ conversation, messages = [], jobs = [], batches = [], cursor = null }) {
    this.view = conversation?.conversation_id ?? null;
    this.conversation = conversation;
    this.messages = messages;
    this.cursor = cursor;
    this.loading = false;
    this.tell("view");
    this.keep({ jobs, batches });
  }

  /** Older messages of the conversation on view. */
  addEarlier({ messages, jobs, cursor }) {
    this.messages = [...messages, ...this.messages];
    this.cursor = cursor;
    this.keep({ jobs });
  }

  /** Jobs and batches as an answer has them. */
  keep({ jobs = [], batches = [] }) {
    for (const job of jobs) this.jobs.keep(job);
    for (const batch of batches) this.batches.keep(batch);
    this.tell("turns");
    this.tell("batches");
  }

  /** The server took a message of this page: its turn becomes a real one. */
  accepted(item, ack, created_at) {
    this.unsent = this.unsent.filter((other) => other.message_id !== item.message_id);
    if (!this.replies.has(ack.reply_id) && !hasEndOf(this.messages, ack.reply_id))
      this.replies.set(ack.reply_id, replyRules.beginReply(ack));
    const said = sentMessage(item, ack, { at: this.next(), created_at });
    if (ack.conversation_id === this.view) this.messages = keepMessage(this.messages, said);
    this.tell("turns");
    this.tell("conversations");
  }

  addJob(job) {
    if (!this.jobs.has(job.job_id)) this.jobs.set(job.job_id, job);
    this.tell("turns");
  }

  /** What this page keeps for later: `unsent` messages, `drafts` of prompts. */
  hold(kept) {
    Object.assign(this, kept);
    this.tell("turns");
  }

  turns() {
    const [replies, jobs, batches] = [this.replies, this.jobs, this.batches].map((known) => [...known.values()]);
    return turnsOf({ ...this, replies, jobs, batches });
  }

  liveReply() {
    return [...this.replies.values()].find((reply) => reply.conversation_id === this.view) ?? null;
  }

  /** A time just behind everything on view, for what is new. */
  next() {
    return Math.max(0, ...this.turns().map((turn) => turn.at).filter(Number.isFinite)) + 0.001;
  }

  tell = (type, detail = null) => this.dispatchEvent(new CustomEvent(type, { detail }));

  // ---- Internal ----

  /** A reply that another socket asked for: from its beginning, or (seq -1) with a gap before this frame. */
  #meet(frame) {
    this.replies.set(frame.reply_id, replyRules.meetReply(frame));
    if (frame.conversation_id === this.view) this.tell("turns");
  }

  #endReply(end) {
    this.replies.delete(end.reply_id);
    if (end.conversation_id === this.view) this.messages = keepMessage(this.messages, end);
    this.tell("turns");
  }
}
