// The sheet with a finished prompt on it: to be changed and painted. What was changed is kept for this tab.

import { clone, parts } from "./dom.js";
import { isLong, ownWords } from "./format.js";
import { errorWords, say } from "./i18n.js";
import { tabStore } from "./preferences.js";
import { canGoOn } from "./replies.js";

const SHEET_LINES = 14; // what fits a sheet in its large face; longer prompts are set smaller
const HIGHLIGHT = "own-words"; // underlined by ::highlight() in sheet.css, so the text stays one node
const ranges = globalThis.Highlight ? new Highlight() : null;
if (ranges) CSS.highlights.set(HIGHLIGHT, ranges);

export class PromptSheet {
  element = clone("sheet-prompt");
  #parts = parts(this.element);
  #painting;
  #turn = null;
  #key = null;
  #ranges = [];

  constructor({ actions, painting, choice, open }) {
    this.#painting = painting;
    const { prompt, negative, goOn, paint, drop, ideas, compare } = this.#parts;
    if (prompt.contentEditable !== "plaintext-only") prompt.contentEditable = "true";
    for (const field of [prompt, negative]) field.addEventListener("input", () => this.#changed());
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.paint();
    });
    goOn.addEventListener("click", () => this.#goOn(actions));
    paint.addEventListener("click", () => this.paint());
    ideas.addEventListener("click", () => actions.ideas(this.#turn));
    compare.addEventListener("click", () => this.#compare(choice, open));
    drop.addEventListener("click", () => painting.dropDraft(this.#turn.draft.draft_id));
  }

  // ---- Lifecycle ----

  update(turn) {
    const key = turn.draft?.draft_id ?? turn.job?.job_id ?? turn.reply?.reply_id;
    this.#turn = turn;
    if (key !== this.#key) this.#fill(key, turn);
    this.#parts.drop.hidden = !turn.draft;
    this.#parts.ideas.hidden = Boolean(turn.draft || turn.job);
    this.#parts.goOn.hidden = Boolean(turn.draft || turn.job || !canGoOn(turn.reply));
    const note =
      turn.job?.state === "cancelled"
        ? "turn.prompt.cancelled"
        : turn.reply?.state === "stopped" && !turn.draft
          ? "turn.prompt.stopped"
          : null;
    this.#parts.note.hidden = !note;
    if (note) say(this.#parts.note, note);
  }

  dispose() {
    for (const range of this.#ranges) ranges.delete(range);
  }

  // ---- Actions ----

  async paint() {
    if (this.#parts.paint.ariaDisabled === "true") return;
    if (!this.#order.prompt) return this.#trouble({ code: "empty_prompt" });
    this.#parts.paint.ariaDisabled = "true";
    this.#parts.trouble.hidden = true;
    const error = await this.#painting.paint({ ...this.#order, draftId: this.#turn.draft?.draft_id });
    this.#parts.paint.ariaDisabled = null;
    if (error) this.#trouble(error);
  }

  focus() {
    this.#parts.prompt.focus();
  }

  // ---- Internal ----

  get #order() {
    const { reply, job, draft, message } = this.#turn;
    return {
      prompt: this.#parts.prompt.innerText.trim(),
      negative: this.#parts.negative.value.trim(),
      replyId: draft ? draft.reply_id : (reply?.reply_id ?? job?.reply_id),
      imageId: draft ? draft.image_id : (job ?? message)?.image_id,
    };
  }

  /** What was changed by hand here gives way to the whole text. */
  async #goOn(actions) {
    const error = await actions.goOn(this.#turn.reply);
    if (error) this.#trouble(error);
    else tabStore.remove(`prompt.${this.#key}`);
  }

  #compare(choice, open) {
    const order = this.#order;
    if (!order.prompt) return this.#trouble({ code: "empty_prompt" });
    this.#parts.trouble.hidden = true;
    return open.compare({ ...order, imageId: choice.image?.id ?? order.imageId });
  }

  #fill(key, { draft, job, reply, said }) {
    const source = draft ?? job ?? reply;
    const kept = tabStore.get(`prompt.${key}`);
    this.#key = key;
    this.#parts.prompt.textContent = kept?.prompt ?? source.prompt ?? source.content ?? "";
    this.#parts.negative.value = kept?.negative ?? source.negative_prompt ?? "";
    this.#parts.prompt.toggleAttribute("data-long", isLong(this.#parts.prompt.textContent, SHEET_LINES));
    this.#underline(said);
    if (reply?.paint_error && !draft && !job) this.#trouble(reply.paint_error);
  }

  #trouble(error) {
    this.#parts.trouble.hidden = false;
    this.#parts.troubleWords.textContent = errorWords(error);
  }

  #changed() {
    tabStore.set(`prompt.${this.#key}`, { prompt: this.#parts.prompt.innerText, negative: this.#parts.negative.value });
    this.#underline(this.#turn.said);
  }

  #underline(said) {
    if (!ranges) return;
    this.dispose();
    const node = this.#parts.prompt.firstChild;
    const places =
      node?.nodeType === Node.TEXT_NODE && node === this.#parts.prompt.lastChild ? ownWords(said, node.data) : [];
    this.#ranges = places.map(([start, end]) => {
      const range = new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end });
      ranges.add(range);
      return range;
    });
  }
}
