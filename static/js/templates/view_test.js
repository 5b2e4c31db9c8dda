// Painting a test of the template in the editor: one order over the socket, its progress, its first picture. The form is
// not saved by it.

import { clone, parts } from "../dom.js";
import { errorWords, say, t } from "../i18n.js";
import { newId } from "../ids.js";
import { tabStore } from "../preferences.js";
import { percent } from "../format.js";

export class TestView {
  #parts;
  #context;
  #job = null;

  constructor(context) {
    this.#context = context;
    const view = clone("test");
    this.#parts = parts(view);
    context.home.append(view);
    const { prompt, stop } = this.#parts;
    prompt.value = tabStore.get("test_prompt", t("example.fox"));
    view.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#paint();
    });
    stop.addEventListener("click", () => context.connection.ask("cancel_job", { job_id: this.#job }));
    const signal = context.life;
    context.session.addEventListener("job", ({ detail }) => this.#changed(detail), { signal });
    context.session.addEventListener("progress", ({ detail }) => this.#progress(detail), { signal });
    context.session.addEventListener("images", ({ detail }) => this.#done(detail), { signal });
    context.work.addEventListener("change", () => this.#ready(), { signal });
    this.#show(context.work.picture);
    this.#ready();
  }

  // ---- Internal ----

  /** What is painted is what is saved. */
  #ready() {
    const { work } = this.#context;
    this.#parts.go.setAttribute("aria-disabled", String(work.dirty || Boolean(this.#job)));
    if (work.dirty) say(this.#parts.note, "editor.test.unsaved");
    else if (!this.#job) this.#parts.note.textContent = "";
  }

  async #paint() {
    const { work, connection } = this.#context;
    if (work.dirty || this.#job) return;
    const { prompt, note } = this.#parts;
    tabStore.set("test_prompt", prompt.value);
    this.#running(newId());
    const { folder, name: template } = work.place;
    const ask = { job_id: this.#job, prompt: prompt.value, folder, template };
    const ack = await connection.ask("generate", ask);
    if (ack.ok) return void say(note, "job.inline");
    this.#running(null);
    note.textContent = errorWords(ack.error);
  }

  #running(job) {
    this.#job = job;
    this.#parts.stop.hidden = !job;
    this.#ready();
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
    this.#show(images[0]?.thumbnail_url);
    say(this.#parts.note, "editor.test.done", { n: images.length, seed: images[0]?.seed ?? "" });
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
