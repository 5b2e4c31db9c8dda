// What a person can have painted, as one function each: asks the server and tells state. Each resolves with null, or with
// the error to be shown where it was asked.

import { askedJob } from "./jobs.js";
import { newId } from "./ids.js";
import { tabStore } from "./preferences.js";

const VARIATION = 0.15; // of the way to another picture: the subject stays
const VARIATIONS = 4;

export class PaintingActions {
  #connection;
  #state;
  #choice;

  constructor({ connection, state, choice }) {
    this.#connection = connection;
    this.#state = state;
    this.#choice = choice;
    state.hold({ drafts: tabStore.get("drafts", []) });
  }

  /** Queue a prompt, with what is chosen and set. */
  async paint({ prompt, negative, replyId, imageId, draftId }) {
    const { folder, template, image } = this.#choice;
    const ask = { job_id: newId(), prompt, folder, template, conversation_id: this.#state.view };
    if (replyId) ask.reply_id = replyId;
    if (negative) ask.negative_prompt = negative;
    const { overrides, guided } = this.#choice.overrides();
    const from = guided ? imageId : (image?.id ?? imageId);
    if (from) ask.image_id = from;
    if (Object.keys(overrides).length) ask.overrides = overrides;
    const error = await this.#generate(ask, this.#choice.templateRecord());
    if (!error && image) this.#choice.setImage(null);
    if (!error && draftId) this.dropDraft(draftId);
    return error;
  }

  /** Paint a reply as its message was meant, whatever is shown or chosen by now. */
  paintReply(event, message) {
    const ask = { job_id: newId(), prompt: event.prompt, reply_id: event.reply_id };
    ask.conversation_id = event.conversation_id;
    ask.folder = message?.folder ?? this.#choice.folder;
    ask.template = message?.template ?? this.#choice.template;
    if (event.negative_prompt) ask.negative_prompt = event.negative_prompt;
    if (message?.image_id) ask.image_id = message.image_id;
    return this.#generate(ask, this.#choice.templateRecord());
  }

  again(job) {
    const ask = { job_id: job.job_id, new_job_id: newId() };
    return this.#order("again", ask, { ...this.#like(job), job_id: ask.new_job_id });
  }

  /** Paint a part of a picture anew, in the same template; `mask` are the bytes of a PNG. */
  repaint(job, { prompt, image_id, mask, overrides }) {
    const { folder, template, negative_prompt, reply_id } = job;
    const ask = { job_id: newId(), prompt, negative_prompt, folder, template, image_id, mask, overrides };
    ask.conversation_id = this.#state.view;
    if (reply_id) ask.reply_id = reply_id;
    return this.#generate(ask, job);
  }

  /** The same picture with more pixels. */
  upscale(job, picture, scale) {
    const shape = { width: picture.width * scale, height: picture.height * scale, count: 1 };
    const ask = { ...this.#beside(job), image_id: picture.id, scale };
    return this.#order("upscale", ask, { ...this.#like(job), ...ask, ...shape });
  }

  /** The same picture a little otherwise. */
  vary(job, picture) {
    const ask = { ...this.#beside(job), image_id: picture.id, strength: VARIATION, count: VARIATIONS };
    return this.#order("vary", ask, { ...this.#like(job), ...ask });
  }

  async cancel({ job_id }) {
    const ack = await this.#connection.ask("cancel_job", { job_id });
    return ack.ok ? null : ack.error;
  }

  /** Write a job's prompt anew on a sheet of its own at the end. */
  editPrompt({ job, message }) {
    const { prompt, negative_prompt, reply_id = null, conversation_id } = job;
    const draft = {
      draft_id: newId(),
      at: this.#state.next(),
      conversation_id,
      reply_id,
      prompt,
      negative_prompt,
      image_id: job.image_id ?? message?.image_id ?? null,
    };
    this.#setDrafts([...this.#state.drafts, draft]);
    return draft.draft_id;
  }

  dropDraft(draftId) {
    this.#setDrafts(this.#state.drafts.filter((draft) => draft.draft_id !== draftId));
  }

  async share(job, picture) {
    const event = picture.shared_url ? "unshare_image" : "share_image";
    const ack = await this.#connection.ask(event, { image_id: picture.id });
    if (!ack.ok) return { error: ack.error };
    const shared = { ...picture, shared_url: ack.url ?? null };
    this.#state.jobs.setPicture(job.job_id, shared);
    return { picture: shared };
  }

  // ---- Internal ----

  /** The sheet stays until the server has taken the order: a refusal is said where it was asked. */
  #generate(ask, shape) {
    const { width, height, count } = shape ?? {};
    const { mask, ...shown } = ask;
    return this.#order("generate", ask, { width, height, count, ...shown });
  }

  async #order(event, ask, shown) {
    const ack = await this.#connection.ask(event, ask);
    if (!ack.ok) return ack.error;
    this.#state.addJob(askedJob(shown, this.#state.next()));
    return null;
  }

  /** What a further picture of a job has in common with it, to be shown until the server's own record comes. */
  #like({ prompt, negative_prompt, folder, template, width, height, count, conversation_id, reply_id }) {
    return { prompt, negative_prompt, folder, template, width, height, count, conversation_id, reply_id };
  }

  /** Where a further picture of a job is shown. */
  #beside({ reply_id, conversation_id }) {
    const ask = { job_id: newId(), conversation_id };
    return reply_id ? { ...ask, reply_id } : ask;
  }

  #setDrafts(drafts) {
    this.#state.hold({ drafts });
    tabStore.set("drafts", drafts);
  }
}
