// One picture as large as the window allows: zoom, previous and next over the conversation's pictures, its facts, and
// everything that can be done with it.

import { at } from "./address.js";
import { copyText, element, fillFacts, parts } from "./dom.js";
import { clock, parseInfotext, size } from "./format.js";
import { errorWords, fieldName, localeTag, t, titleOf } from "./i18n.js";
import { picturesOf } from "./turns.js";
import { compareOf } from "./batch_choice.js";
import { showFilm } from "./view_film.js";
import { link } from "./view_pictures.js";
import { Zoom } from "./zoom.js";

const LARGER = 2;
const FACTS = ["Seed", "Steps", "Sampler", "CFG scale", "Model"];

export class ViewerView {
  #dialog;
  #parts;
  #context;
  #zoom;
  #shown = [];
  #at = 0;

  constructor(context) {
    this.#context = context;
    this.#dialog = context.dialogs.get("viewer");
    this.#parts = parts(this.#dialog);
    this.#zoom = new Zoom(
      this.#parts.stage,
      this.#parts.image,
      (scale) => (this.#parts.zoom.textContent = `${Math.round(scale * 100)}%`),
    );
    this.#listen();
  }

  // ---- Actions ----

  open(pictureId) {
    this.#shown = picturesOf(this.#context.state.turns());
    this.#at = Math.max(
      0,
      this.#shown.findIndex(({ picture }) => picture.id === pictureId),
    );
    showFilm(this.#parts.film, this.#shown, (n) => this.#go(n - this.#at));
    this.#context.dialogs.open("viewer");
    this.#show();
  }

  // ---- Internal ----

  #listen() {
    const { previous, next, zoomIn, zoomOut, fit, copy, share, unshare } = this.#parts;
    previous.addEventListener("click", () => this.#go(-1));
    next.addEventListener("click", () => this.#go(1));
    zoomIn.addEventListener("click", () => this.#zoom.by(1));
    zoomOut.addEventListener("click", () => this.#zoom.by(-1));
    fit.addEventListener("click", () => this.#zoom.reset());
    copy.addEventListener("click", async () =>
      this.#note((await copyText(this.#now.picture.infotext ?? "")) ? "copied" : "copy.failed"),
    );
    share.addEventListener("click", () => this.#share());
    unshare.addEventListener("click", () => this.#unshare());
    this.#listenForNextSteps();
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#dialog.addEventListener("close", () => this.#closed());
  }

  /** What is made of this picture; the viewer closes, as that is painted in the conversation. */
  #listenForNextSteps() {
    const { again, use, vary, upscale, repaint, compare } = this.#parts;
    const { actions, painting, open } = this.#context;
    again.addEventListener("click", () => this.#order(({ job }) => painting.again(job)));
    vary.addEventListener("click", () => this.#order(({ job, picture }) => painting.vary(job, picture)));
    upscale.addEventListener("click", () => this.#order(({ job, picture }) => painting.upscale(job, picture, LARGER)));
    use.addEventListener("click", () => this.#leave(({ picture }) => actions.use(picture)));
    repaint.addEventListener("click", () => this.#leave(({ picture, job }) => open.repaint(picture, job)));
    compare.addEventListener("click", () => this.#leave(({ picture, job }) => open.compare(compareOf(job, picture))));
  }

  get #now() {
    return this.#shown[this.#at];
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const does = {
      ArrowLeft: () => this.#go(-1),
      ArrowRight: () => this.#go(1),
      "+": () => this.#zoom.by(1),
      "=": () => this.#zoom.by(1),
      "-": () => this.#zoom.by(-1),
      0: () => this.#zoom.reset(),
      a: () => this.#parts.again.click(),
      u: () => this.#parts.use.click(),
      d: () => this.#parts.download.click(),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    event.stopPropagation();
    does();
  }

  #go(step) {
    const to = this.#at + step;
    if (to < 0 || to >= this.#shown.length) return;
    this.#at = to;
    this.#show();
  }

  #show() {
    const { picture, job, said, isGrid = false } = this.#now;
    const named = this.#parts;
    this.#zoom.show(picture);
    this.#offer(isGrid);
    named.image.alt = t("turn.picture", { i: this.#at + 1, n: this.#shown.length, said });
    named.place.textContent = `${this.#at + 1} / ${this.#shown.length}`;
    named.previous.hidden = this.#at === 0;
    named.next.hidden = this.#at === this.#shown.length - 1;
    named.said.textContent = said;
    const template = this.#context.choice.templateRecord(job.folder, job.template);
    const by = [titleOf(template), size(picture.width, picture.height), clock(job.created_at, localeTag())];
    named.by.replaceChildren(...by.filter(Boolean).map((textContent) => element("span", { textContent })));
    named.prompt.textContent = job.prompt;
    const fields = parseInfotext(picture.infotext)
      .fields.filter(([name]) => FACTS.includes(name))
      .map(([name, value]) => [fieldName(name), value]);
    named.facts.hidden = isGrid;
    fillFacts(named.facts, fields.length ? fields : [[t("fact.seed"), String(picture.seed ?? "")]]);
    named.copy.hidden = !picture.infotext;
    named.unshare.hidden = !picture.shared_url;
    named.vary.hidden = job.mode === "upscale"; // it has no seed of its own
    named.note.textContent = "";
    link(named.download, picture);
    named.template.href = at(`/templates?job=${encodeURIComponent(job.job_id)}`);
    [...named.film.children].forEach((button, n) => button.toggleAttribute("aria-current", n === this.#at));
    named.film.children[this.#at]?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  /** A grid can be looked at and kept; what is painted further starts from its pictures. */
  #offer(isGrid) {
    const { steps, menu, share, template, again, use } = this.#parts;
    for (const part of [share, template, steps, menu]) part.hidden = isGrid;
    for (const button of [again, use]) button.disabled = isGrid; // their keys too
  }

  async #share() {
    const { picture, job } = this.#now;
    const answer = picture.shared_url ? { picture } : await this.#context.painting.share(job, picture);
    if (answer.error) return this.#noteText(errorWords(answer.error));
    this.#now.picture = answer.picture;
    this.#parts.unshare.hidden = false;
    const url = new URL(answer.picture.shared_url, location.href).href;
    const copied = await copyText(url);
    return this.#noteText(t(copied ? "viewer.shared" : "viewer.shared.uncopied", { url }));
  }

  async #unshare() {
    const { picture, job } = this.#now;
    const answer = await this.#context.painting.share(job, picture);
    if (answer.error) return this.#noteText(errorWords(answer.error));
    this.#now.picture = answer.picture;
    this.#parts.share.focus();
    this.#parts.unshare.hidden = true;
    return this.#note("viewer.unshared");
  }

  #note(key) {
    this.#noteText(t(key));
  }

  #noteText(words) {
    this.#parts.note.textContent = words;
  }

  /** Order and leave; a refusal is said here. */
  async #order(ask) {
    const error = await ask(this.#now);
    if (error) this.#noteText(errorWords(error));
    else this.#context.dialogs.close("viewer");
  }

  #leave(then) {
    this.#context.dialogs.close("viewer");
    then(this.#now);
  }

  /** Focus goes to the picture that was looked at last. */
  #closed() {
    document.querySelector(`[data-picture="${CSS.escape(this.#now.picture.id)}"]`)?.focus();
  }
}
