// The sheet while it is painted on: the newest preview (blurred until done), the bar, step and time left.

import { clone, parts } from "./dom.js";
import { percent } from "./format.js";
import { say } from "./i18n.js";
import { wasHandedOn } from "./jobs.js";
import { etaWords } from "./sentences.js";

export class PaintingSheet {
  element = clone("sheet-painting");
  #parts = parts(this.element);
  #job = null;
  #urls = [];

  constructor({ painting, previews }) {
    this.previews = previews;
    this.#parts.cancel.addEventListener("click", () => {
      say(this.#parts.cancelWords, "job.cancelling");
      this.#parts.cancel.ariaDisabled = "true";
      painting.cancel(this.#job);
    });
  }

  // ---- Lifecycle ----

  update({ job }) {
    const kept = this.previews.get(job.job_id);
    this.progress(job, this.#urls.length ? null : kept);
  }

  dispose() {
    for (const url of this.#urls) URL.revokeObjectURL(url);
  }

  // ---- Actions ----

  progress(job, preview) {
    this.#job = job;
    const { bar, percent: figure, step, eta } = this.#parts;
    const shown = percent(job.progress);
    bar.style.setProperty("--p", String(job.progress ?? 0));
    bar.setAttribute("aria-valuenow", String(Math.round((job.progress ?? 0) * 100)));
    bar.setAttribute("aria-valuetext", shown);
    figure.textContent = shown;
    if (job.steps && job.step) say(step, "job.step", { step: job.step, steps: job.steps });
    else if (wasHandedOn(job)) say(step, "job.handed", { backend: job.backend });
    else say(step, "job.starting");
    const left = etaWords(job.eta_s);
    eta.hidden = !left;
    if (left) say(eta, "job.left", { eta: left });
    if (preview) this.#show(preview);
  }

  // ---- Internal ----

  #show(preview) {
    this.previews.set(this.#job.job_id, preview);
    const url = URL.createObjectURL(new Blob([preview]));
    const image = new Image();
    image.alt = "";
    image.src = url;
    this.#urls.push(url);
    image.decode().then(
      () => this.#crossFade(image),
      () => {},
    ); // a preview that cannot be read is passed over
  }

  #crossFade(image) {
    this.#parts.previews.append(image);
    this.#parts.print.classList.add("seen");
    while (this.#parts.previews.children.length > 2) {
      this.#parts.previews.firstElementChild.remove();
      URL.revokeObjectURL(this.#urls.shift());
    }
  }
}
