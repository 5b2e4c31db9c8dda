// Pure: what a frame of a live reply does to the text this page has. A reply is {reply_id, message_id, conversation_id,
// text, seq}. The rules are those of docs/protocol.md, "Resume".

/**
 * Apply one `message` frame. Returns {reply, outcome}: "append" (`piece` is new), "ignore" (had it), "gap" (ask resume).
 */
export function applyFrame(reply, frame) {
  const last = frame.seq;
  const first = frame.from ?? last;
  if (last <= reply.seq) return { reply, outcome: "ignore" };
  if (first !== reply.seq + 1) return { reply, outcome: "gap" };
  return { reply: { ...reply, text: reply.text + frame.message, seq: last }, outcome: "append", piece: frame.message };
}

/** A reply this page hears of for the first time: from an ack, a frame or a snapshot. */
export function beginReply({ reply_id, message_id, conversation_id, text = "", seq = 0 }) {
  return { reply_id, message_id, conversation_id, text, seq };
}

/** A reply that another socket asked for: from its beginning, or (seq -1) with a gap before this frame. */
export const meetReply = (frame) =>
  beginReply({ ...frame, text: "", seq: (frame.from ?? frame.seq) === 1 ? 0 : -1 });

/** An ended reply is written on: what it has replaces what is here, unless a newer snapshot is further on. */
export const continueReply = (known, event) => (known?.seq > event.seq ? known : beginReply(event));

/** Whether there is something to go on with: it has words, and its model did not end it. */
export const canGoOn = (reply) =>
  Boolean(reply?.content) &&
  (["stopped", "failed", "interrupted"].includes(reply.state) || reply.finish_reason === "length");

/** A `resume` answer replaces the text, unless frames that came meanwhile are already further on. */
export function applyResume(reply, answer) {
  return answer.seq < reply.seq ? reply : { ...reply, text: answer.text, seq: answer.seq };
}

/** The message record a `gpt_chat` event (the end of a reply) leaves behind. */
export function finishedMessage(event, position) {
  return {
    role: "assistant",
    content: event.full_message,
    state: event.state ?? "complete",
    position,
    created_at: null,
    conversation_id: event.conversation_id,
    message_id: event.message_id,
    reply_id: event.reply_id,
    seq: event.seq,
    prompt: event.prompt ?? null,
    negative_prompt: event.negative_prompt ?? null,
    candidates: event.candidates ?? null,
    finish_reason: event.finish_reason ?? null,
    usage: event.usage ?? null,
    error: null,
    paint_error: event.paint_error ?? null,
  };
}

/** The message record a `chat_error` event leaves behind; what had come is kept. */
export function failedMessage(event, text) {
  return {
    ...finishedMessage({ ...event, full_message: event.full_message ?? text, state: "failed" }, null),
    error: event.error,
  };
}
