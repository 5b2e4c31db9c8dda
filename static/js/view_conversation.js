// The conversation: keeps one TurnView a turn, in order, and passes tokens and progress straight to the right one.

import { TurnView } from "./view_turn.js";

export class ConversationView {
  #state;
  #context;
  #box;
  #earlier;
  #loading;
  #thread;
  #views = new Map();

  constructor({ state, context, root }) {
    this.#state = state;
    this.#context = context;
    this.#thread = root.querySelector("[data-thread]");
    this.#box = root.querySelector("[data-turns]");
    this.#earlier = root.querySelector("[data-earlier]");
    this.#loading = root.querySelector("[data-loading]");
    this.#earlier.querySelector("button").addEventListener("click", () => this.#showEarlier());
    state.addEventListener("turns", () => this.render());
    state.addEventListener("append", ({ detail }) => this.#byReply(detail.reply.reply_id)?.append(detail.piece));
    state.addEventListener("progress", ({ detail }) =>
      this.#byJob(detail.job.job_id)?.progress(detail.job, detail.preview),
    );
    context.choice.addEventListener("change", () => this.render());
    setTimeout(() => this.render(), LOADING_AFTER_MS);
  }

  // ---- Actions ----

  render() {
    const turns = this.#state.turns();
    const late = performance.now() > LOADING_AFTER_MS;
    this.#loading.hidden = !(this.#state.loading && late) || turns.length > 0;
    this.#thread.hidden = turns.length === 0;
    this.#earlier.hidden = !this.#state.cursor;
    if (turns.length) this.#context.follower.keep(() => this.#reconcile(turns));
    else this.#empty();
  }

  /** The last prompt that can be painted, for Ctrl Enter. */
  lastPaintable() {
    return [...this.#views.values()].findLast((view) => view.paintable)?.paintable ?? null;
  }

  scrollTo(key) {
    this.#views.get(key)?.element.scrollIntoView({ block: "start" });
  }

  // ---- Internal ----

  #reconcile(turns) {
    const keys = new Set(turns.map((turn) => turn.key));
    for (const [key, view] of this.#views) {
      if (keys.has(key)) continue;
      view.remove();
      this.#views.delete(key);
    }
    let added = false;
    turns.forEach((turn, place) => {
      const known = this.#views.get(turn.key);
      const view = known ?? new TurnView(this.#context);
      added ||= !known && place === turns.length - 1;
      this.#views.set(turn.key, view);
      view.update(turn);
      const there = this.#box.children[place];
      if (there !== view.element) this.#box.insertBefore(view.element, there ?? null);
    });
    if (added) this.#context.follower.toEnd();
  }

  #empty() {
    if (this.#views.size === 0) return;
    this.#reconcile([]);
    this.#context.follower.toStart();
  }

  async #showEarlier() {
    const first = this.#box.firstElementChild;
    const before = first.getBoundingClientRect().top;
    await this.#context.conversationActions.earlier();
    this.#context.follower.shift(first.getBoundingClientRect().top - before);
  }

  #byReply(replyId) {
    return [...this.#views.values()].find(({ turn }) => turn.live?.reply_id === replyId);
  }

  #byJob(jobId) {
    return [...this.#views.values()].find((view) => view.shows(jobId));
  }
}

const LOADING_AFTER_MS = 300;
