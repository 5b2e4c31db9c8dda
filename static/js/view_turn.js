// One turn: the label (a person's words, then what was made of them) beside the stage (one sheet and the row under it).
// The sheet's class is chosen by the turn's phase; the sheet stays while the phase does.

import { clone, parts } from "./dom.js";
import { sheetRatio } from "./format.js";
import { BatchSheet } from "./view_batch.js";
import { CandidatesSheet } from "./view_candidates.js";
import { Label } from "./view_label.js";
import { PaintingSheet } from "./view_painting.js";
import { PicturesSheet } from "./view_pictures.js";
import { PromptSheet } from "./view_prompt.js";
import { QueuedSheet } from "./view_queued.js";
import { TalkSheet, TroubleSheet } from "./view_trouble.js";
import { WritingSheet } from "./view_writing.js";

const SHEETS = {
  sending: WritingSheet,
  writing: WritingSheet,
  prompt: PromptSheet,
  candidates: CandidatesSheet,
  talk: TalkSheet,
  batch: BatchSheet,
  queued: QueuedSheet,
  painting: PaintingSheet,
  pictures: PicturesSheet,
  trouble: TroubleSheet,
  broken: TroubleSheet,
  refused: TroubleSheet,
};

export class TurnView {
  element = clone("turn");
  turn = null;
  #context;
  #label;
  #stage;
  #sheet = null;

  constructor(context) {
    this.#context = context;
    const named = parts(this.element);
    this.#label = new Label(named, context);
    this.#stage = named.stage;
  }

  // ---- Actions ----

  update(turn) {
    this.turn = turn;
    this.#label.update(turn);
    this.#shape(turn);
    const kind = SHEETS[turn.phase];
    if (!(this.#sheet instanceof kind)) this.#replace(new kind(this.#context));
    this.#sheet.update(turn);
  }

  append(piece) {
    this.#sheet.append?.(piece);
  }

  progress(job, preview) {
    if (!this.turn.batch) this.turn = { ...this.turn, job };
    this.#sheet.progress?.(job, preview);
  }

  /** Whether this job is shown here. */
  shows(jobId) {
    const { job, items } = this.turn;
    return job?.job_id === jobId || Boolean(items?.some((item) => item.job_id === jobId));
  }

  /** The editable prompt of this turn, or null. */
  get paintable() {
    return this.#sheet instanceof PromptSheet ? this.#sheet : null;
  }

  remove() {
    this.#sheet?.dispose?.();
    this.element.remove();
  }

  // ---- Internal ----

  #shape(turn) {
    const shape = turn.job?.width ? turn.job : this.#context.choice.templateRecord();
    if (shape) this.#stage.style.setProperty("--a", sheetRatio(shape));
    this.element.dataset.phase = turn.phase;
    if (turn.job) {
      this.#stage.dataset.job = turn.job.job_id;
      this.#stage.dataset.state = turn.job.state;
    } else {
      delete this.#stage.dataset.job;
      delete this.#stage.dataset.state;
    }
  }

  /** The next step is in the same place: focus that was on the old sheet goes to the new one's main button. */
  #replace(sheet) {
    const hadFocus = this.#stage.contains(document.activeElement);
    this.#sheet?.dispose?.();
    this.#sheet = sheet;
    this.#stage.replaceChildren(sheet.element);
    if (hadFocus) sheet.element.querySelector("[data-next]")?.focus({ preventScroll: true });
  }
}
