// The sheet of a job in line: its place, about how long, and the line as squares. Nobody sees another's picture.

import { clone, element, icon, parts } from "./dom.js";
import { ordinal } from "./format.js";
import { currentLanguage, say, t } from "./i18n.js";
import { wasHandedOn } from "./jobs.js";
import { etaWords } from "./sentences.js";

const SQUARES = 6;

export class QueuedSheet {
  element = clone("sheet-queued");
  #parts = parts(this.element);
  #job = null;

  constructor({ painting }) {
    this.#parts.cancel.addEventListener("click", () => {
      say(this.#parts.cancelWords, "job.cancelling");
      painting.cancel(this.#job);
    });
  }

  update({ job }) {
    this.progress(job);
  }

  progress(job) {
    this.#job = job;
    const { place, wait, lineup } = this.#parts;
    if (!job.position) say(place, "job.place.unknown");
    else if (job.position === 1) say(place, "job.place.next");
    else say(place, "job.place", { nth: ordinal(job.position, currentLanguage()) });
    const eta = etaWords(job.eta_s);
    if (wasHandedOn(job)) say(wait, "job.wait.handed");
    else if (eta) say(wait, "job.wait", { eta });
    else say(wait, "job.wait.unknown");
    if (lineup.dataset.position !== String(job.position)) this.#line(job.position ?? 1);
  }

  #line(position) {
    const { lineup } = this.#parts;
    lineup.dataset.position = position;
    const now = element("li", { className: "now" }, icon("paint"));
    const first = Math.max(1, position - SQUARES + 1);
    const waiting = Array.from({ length: Math.min(position, SQUARES) }, (_, n) => first + n);
    const squares = waiting.map((n) =>
      element("li", { className: n === position ? "me" : "", textContent: n === position ? t("job.you") : String(n) }),
    );
    lineup.replaceChildren(now, ...squares);
  }
}
