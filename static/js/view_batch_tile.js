// One item of a batch as a small tile: waiting, painting, its picture, why it failed, or that it was cancelled.

import { clone, icon, parts } from "./dom.js";
import { percent } from "./format.js";
import { errorWords, label, say, t } from "./i18n.js";
import { link } from "./view_pictures.js";

const MARKS = {
  queued: () => icon("clock"),
  running: () => icon("paint"),
  failed: () => icon("warn"),
  cancelled: () => icon("x"),
};

/** What can be done with an item that has no picture: key of its words, icon. A further try is a job of its own. */
const STOP = { key: "batch.item.cancel", sign: "x", does: "cancel" };
const RETRY = { key: "batch.item.again", sign: "again", does: "again" };
const ACTS = { queued: STOP, running: STOP, failed: RETRY, cancelled: RETRY };

export class BatchTile {
  element = clone("batch-item");
  #parts = parts(this.element);
  #image = this.element.querySelector("img");
  #job = null;
  #act = null;

  /** `act(does)`: cancel this item, or paint it again. */
  constructor({ open, actions }, act) {
    this.#parts.open.addEventListener("click", () => open.viewer(this.#job.images[0].id));
    this.#parts.use.addEventListener("click", () => actions.use(this.#job.images[0]));
    this.#parts.act.addEventListener("click", () => act(this.#act.does));
  }

  // ---- Actions ----

  update({ state, job }, { name, said }) {
    const { name: named, about, open, over, mark, bar } = this.#parts;
    const picture = state === "done" ? job?.images[0] : null;
    this.#job = job;
    named.textContent = name;
    open.hidden = over.hidden = !picture;
    bar.hidden = state !== "running";
    mark.hidden = Boolean(picture);
    if (this.element.dataset.state !== state) mark.replaceChildren(...(MARKS[state] ? [MARKS[state]()] : []));
    this.element.dataset.state = state;
    this.#offer(ACTS[state], name);
    if (picture) this.#show(picture, name, said);
    if (state === "running") this.progress(job);
    else this.#about(about, state);
  }

  /** `job` may be null: its record has not come yet. */
  progress(job) {
    const { bar, about } = this.#parts;
    const done = job?.progress ?? 0;
    bar.style.setProperty("--p", String(done));
    say(about, "batch.item.running", { percent: percent(done) });
  }

  // ---- Internal ----

  #offer(offered, name) {
    const { act } = this.#parts;
    act.hidden = !offered;
    if (offered) label(act, offered.key, { name });
    if (offered && offered !== this.#act) act.replaceChildren(icon(offered.sign));
    this.#act = offered;
  }

  #about(about, state) {
    const several = this.#job?.images.length > 1;
    if (state === "failed" && this.#job?.error) {
      delete about.dataset.t;
      about.textContent = errorWords(this.#job.error);
    } else if (state === "done") {
      say(about, several ? "turn.pictures" : "batch.item.done", { n: this.#job?.images.length ?? 1 });
    } else {
      say(about, { queued: "batch.item.queued", failed: "batch.item.failed", cancelled: "batch.item.cancelled" }[state]);
    }
    about.classList.toggle("vh", state === "done" && !several); // the picture says it
  }

  #show(picture, name, said) {
    const { open, download } = this.#parts;
    this.#image.alt = t("batch.picture", { name, said });
    if (open.dataset.picture === picture.id) return;
    open.dataset.picture = picture.id;
    open.dataset.job = this.#job.job_id;
    Object.assign(this.#image, { width: picture.width, height: picture.height, src: picture.thumbnail_url });
    link(download, picture);
  }
}
