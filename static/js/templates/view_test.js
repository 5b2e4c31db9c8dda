// Painting a test of the template in the editor: one order over the socket, its progress, its first picture. The form is
// not saved by it.

import { clone, parts } from "../dom.js";
import { errorWords, say, t } from "../i18n.js";
import { newId } from "../ids.js";
import { tabStore } from "../preferences.js";
import { percent } from "../format.js";

const FIRST_PROMPT = "a red fox in an autumn wood"; // prompts are English in both languages

export class TestView {
  #parts;
  #context;
  #job = null;
  #painted = null; // the id of the picture shown

  constructor(context) {
    this.#context = context;
    const view = clone("test");
    this.#parts = parts(view);
    context.home.append(view);
    const { prompt, stop } = this.#parts;
    prompt.value = tabStore.get("test_prompt", FIRST_PROMPT);
    view.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#paint();
    });
    stop.addEventListener("click", () => context.connection.ask("cancel_job", { job_id: this.#job }));
    this.#parts.keep.addEventListener("click", () => this.#keep());
    const signal = context.life;
    context.session.addEventListener("job", ({ detail }) => this.#changed(detail), { signal });
    context.session.addEventListener("progress", ({ detail }) => this.#progress(detail), { signal });
    context.session.addEventListener("images", ({ detail }) => this.#done(detail), { signal });
    this.#show(context.work.picture);
  }

  // ---- Internal ----

  /** The form as it stands is painted, saved or not. */
  async #paint() {
    const { work, api, shelf } = this.#context;
    if (this.#job) return;
    const { prompt, note } = this.#parts;
    tabStore.set("test_prompt", prompt.value);
    this.#running(newId());
    const { folder = shelf.folder, name: template = "" } = work.place ?? {};
    const order = { job_id: this.#job, prompt: prompt.value, folder, template, draft: work.template };
    const answer = await api.paintTrial(order);
    if (answer.ok) return void say(note, "job.inline");
    this.#running(null);
    note.textContent = "";
    return void this.#context.refused(answer.error);
  }

  #running(job) {
    this.#job = job;
    this.#parts.stop.hidden = !job;
    this.#parts.go.setAttribute("aria-disabled", String(Boolean(job)));
  }

  #changed(job) {
    if (job.job_id !== this.#job) return;
    if (job.state === "running") say(this.#parts.note, "job.painting");
    if (!["failed", "cancelled"].includes(job.state)) return;
    this.#running(null);
    this.#parts.note.textContent = job.error ? errorWords(job.error) : t("speak.cancelled");
  }

  #progress({ job_id: job, progress, preview }) {
    if (job !== this.#job) return;
    this.#parts.note.textContent = `${t("job.painting")} ${percent(progress)}`;
    if (preview) this.#show(URL.createObjectURL(new Blob([preview])));
  }

  #done({ job_id: job, images }) {
    if (job !== this.#job) return;
    this.#running(null);
    this.#painted = images[0]?.id ?? null;
    this.#parts.keep.hidden = !this.#painted || !this.#context.work.place;
    this.#show(images[0]?.thumbnail_url);
    say(this.#parts.note, "editor.test.done", { n: images.length, seed: images[0]?.seed ?? "" });
  }

  /** The picture shown is what the template looks like from now on. */
  async #keep() {
    const { work, api, shelf } = this.#context;
    const answer = await api.setPicture(work.place.folder, work.place.name, this.#painted);
    if (!answer.ok) return void this.#context.refused(answer.error);
    this.#parts.keep.hidden = true;
    say(this.#parts.note, "editor.test.kept");
    return void shelf.load();
  }

  #show(source) {
    if (!source) return;
    const { print } = this.#parts;
    const before = print.querySelector("img");
    const image = Object.assign(new Image(), { src: source, alt: t("editor.test.picture") });
    if (before) before.replaceWith(image);
    else print.append(image);
    if (before?.src.startsWith("blob:")) URL.revokeObjectURL(before.src);
  }
}
