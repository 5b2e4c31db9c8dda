// Speaks to screen readers through one polite status line: the finished prompt once, places in line, quarters, the end.
// A hidden tab says nothing.

import { ordinal } from "./format.js";
import { currentLanguage, t } from "./i18n.js";
import { etaWords } from "./sentences.js";

const PLACE_PAUSE_MS = 10_000;

export class Announcer {
  #line = document.querySelector("[data-speaker]");
  #quarters = new Map();
  #places = new Map();

  constructor(state) {
    state.addEventListener("append", ({ detail }) => detail.reply.text === detail.piece && this.speak("speak.writing"));
    state.addEventListener("finished", ({ detail }) => this.#finished(detail));
    state.addEventListener("progress", ({ detail }) => this.#progress(detail.job));
    state.addEventListener("job", ({ detail }) => this.#job(detail));
    state.addEventListener("batch", ({ detail }) => this.#batch(detail));
  }

  speak(key, values) {
    if (!document.hidden) this.#line.textContent = t(key, values);
  }

  // ---- Internal ----

  #finished({ prompt, full_message: text }) {
    if (prompt) this.speak("speak.prompt", { prompt });
    else this.speak("speak.talk", { text });
  }

  /** A batch speaks for its jobs: as a whole. */
  #batch({ batch: { batch_id: job_id, progress, done, total: n, ended_at }, before }) {
    if (!ended_at) this.#progress({ job_id, progress });
    else if (before && !before.ended_at) this.speak("speak.batch", { done, n });
  }

  #job({ job, before }) {
    if (job.batch_id) return;
    if (job.state === before?.state) return;
    if (job.state === "running") this.speak("speak.painting");
    if (job.state === "done") this.speak("speak.done", { n: job.images.length });
    if (job.state === "cancelled") this.speak("speak.cancelled");
  }

  #progress(job) {
    if (job.batch_id) return null;
    if (job.state === "queued") return this.#place(job);
    const quarter = Math.floor((job.progress ?? 0) * 4);
    if (quarter < 1 || quarter > 3 || this.#quarters.get(job.job_id) === quarter) return null;
    this.#quarters.set(job.job_id, quarter);
    return this.speak("speak.percent", { n: quarter * 25 });
  }

  #place({ job_id, position, eta_s }) {
    const last = this.#places.get(job_id) ?? { at: -PLACE_PAUSE_MS };
    if (!position || last.position === position || performance.now() - last.at < PLACE_PAUSE_MS) return;
    this.#places.set(job_id, { position, at: performance.now() });
    const nth = ordinal(position, currentLanguage());
    const eta = etaWords(eta_s);
    if (eta) this.speak("speak.queued.eta", { nth, eta });
    else this.speak("speak.queued", { nth });
  }
}
