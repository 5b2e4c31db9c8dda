// What a person can do with batches, as one function each: asks the server and tells state. Asks by itself for jobs of
// batches on view whose end this page did not hear.

import { unheardJobs } from "./batches.js";
import { currentLanguage } from "./i18n.js";
import { newId } from "./ids.js";

export class BatchActions {
  #connection;
  #state;
  #asked = new Set();

  constructor({ connection, state }) {
    this.#connection = connection;
    this.#state = state;
    state.addEventListener("snapshot", () => this.#asked.clear());
    state.addEventListener("batches", () => this.#askUnheard());
  }

  /** Paint one prompt in many templates; resolves with null or the error. `chosen`: folders and templates. */
  async order({ prompt, negative, replyId, imageId, overrides, save, chosen }) {
    const ask = { batch_id: newId(), prompt, conversation_id: this.#state.view, language: currentLanguage(), ...chosen };
    if (negative) ask.negative_prompt = negative;
    if (replyId) ask.reply_id = replyId;
    if (imageId) ask.image_id = imageId;
    if (save) ask.save = true;
    if (Object.keys(overrides).length) ask.overrides = overrides;
    const ack = await this.#connection.ask("generate_batch", ask);
    return ack.ok ? null : ack.error;
  }

  /** Cancel all of it that has not ended. */
  async cancel({ batch_id }) {
    const ack = await this.#connection.ask("cancel_batch", { batch_id });
    return ack.ok ? null : ack.error;
  }

  async #askUnheard() {
    const { batches, jobs, view } = this.#state;
    const here = [...batches.values()].filter((batch) => batch.conversation_id === view);
    const unheard = unheardJobs(here, jobs).map((ids) => ids.filter((id) => !this.#asked.has(id)));
    for (const ids of unheard.filter(({ length }) => length)) {
      ids.forEach((id) => this.#asked.add(id));
      const ack = await this.#connection.ask("jobs", { job_ids: ids });
      if (ack.ok) this.#state.keep(ack);
    }
  }
}
