// The sheet of several prompts to choose from: each with what it means in the reader's language, to be painted or changed.

import { clone, parts } from "./dom.js";
import { errorWords } from "./i18n.js";

export class CandidatesSheet {
  element = clone("sheet-candidates");
  #parts = parts(this.element);
  #painting;
  #turn = null;
  #shown = null;

  constructor({ painting }) {
    this.#painting = painting;
  }

  update(turn) {
    this.#turn = turn;
    if (this.#shown === turn.reply.reply_id) return;
    this.#shown = turn.reply.reply_id;
    this.#parts.list.replaceChildren(...turn.reply.candidates.map((candidate) => this.#item(candidate)));
  }

  // ---- Internal ----

  #item(candidate) {
    const item = clone("candidate");
    const { explanation, prompt, negative, paint, edit } = parts(item);
    explanation.textContent = candidate.explanation;
    explanation.hidden = !candidate.explanation;
    prompt.textContent = candidate.prompt;
    negative.hidden = !candidate.negative_prompt;
    negative.textContent = candidate.negative_prompt;
    paint.addEventListener("click", () => this.#paint(candidate, paint));
    edit.addEventListener("click", () => this.#edit(candidate));
    return item;
  }

  async #paint(candidate, button) {
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    const { reply, message } = this.#turn;
    const error = await this.#painting.paint({
      prompt: candidate.prompt,
      negative: candidate.negative_prompt,
      replyId: reply.reply_id,
      imageId: message?.image_id,
    });
    button.ariaDisabled = null;
    this.#parts.trouble.hidden = !error;
    if (error) this.#parts.troubleWords.textContent = errorWords(error);
  }

  #edit(candidate) {
    const { reply, message } = this.#turn;
    const { reply_id, conversation_id } = reply;
    this.#painting.editPrompt({ job: { ...candidate, reply_id, conversation_id, image_id: null }, message });
  }
}
