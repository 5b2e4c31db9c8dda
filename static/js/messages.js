// Pure: the message records of the conversation on view.

const isSame = (one, other) =>
  one.role === other.role &&
  (one.role === "user" ? one.message_id === other.message_id : one.reply_id === other.reply_id);

/** Add a record, or bring the one that is there up to date. */
export function keepMessage(messages, message) {
  if (!messages.some((other) => isSame(other, message))) return [...messages, message];
  return messages.map((other) => (isSame(other, message) ? { ...other, ...message } : other));
}

/** Whether a reply's end is already among the messages. */
export const hasEndOf = (messages, replyId) =>
  messages.some((message) => message.reply_id === replyId && message.state !== "streaming");

/** The record of a message of this page that the server took. `at` sorts it, `created_at` is only shown. */
export function sentMessage(item, { message_id, conversation_id }, { at, created_at }) {
  const { text: content, image_id = null, folder, template } = item;
  const said = { role: "user", content, state: "complete", image_id, folder, template };
  return { ...said, at, created_at, message_id, conversation_id };
}
