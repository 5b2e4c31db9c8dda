// The frame around the work: the bar's title, demo badge and connection, and the window's title.

import { copyText, parts } from "./dom.js";
import { hasEnded } from "./jobs.js";
import { errorWords, say, t } from "./i18n.js";
import { Look } from "./look.js";

export class FrameView {
  #state;
  #connection;
  #toast;
  #ended = 0;

  constructor({ state, connection, dialogs, toast }) {
    this.#state = state;
    this.#connection = connection;
    this.#toast = toast;
    for (const type of ["view", "server", "turns"]) state.addEventListener(type, () => this.render());
    state.addEventListener("job", ({ detail }) => this.#count(detail));
    connection.addEventListener("status", () => this.render());
    document.addEventListener("visibilitychange", () => this.#seen());
    this.#listen(dialogs);
  }

  render() {
    this.#title();
    this.#net();
    this.#demo();
  }

  // ---- Internal ----

  #listen(dialogs) {
    new Look({ toast: this.#toast, changed: () => this.#state.tell("language") });
    document.querySelector("[data-demo-badge]").addEventListener("click", () => dialogs.open("demo"));
    document
      .querySelector("[data-connection] [data-part=retry]")
      .addEventListener("click", () => this.#connection.retry());
    for (const button of document.querySelectorAll("[data-copy]")) {
      button.addEventListener("click", async () =>
        this.#toast((await copyText(button.dataset.copy)) ? "copied" : "copy.failed"),
      );
    }
  }

  #title() {
    const first = this.#state.messages.find((message) => message.role === "user")?.content;
    const title = this.#state.conversation?.title || first || t("conversation.new");
    document.querySelector("[data-title]").textContent = title;
    document.querySelector("[data-heading]").textContent = title;
    const name = this.#state.view ? `${title.slice(0, 60)} · Art Bot` : "Art Bot";
    document.title = this.#ended ? `(${this.#ended}) ${name}` : name;
  }

  #net() {
    const box = document.querySelector("[data-connection]");
    const { status, error } = this.#connection;
    const { worker, backends = [] } = this.#state.server ?? {};
    const nonePaints = worker === false || (backends.length > 0 && backends.every((backend) => !backend.up || backend.drained));
    const workerAway = status === "online" && nonePaints;
    const { dot, words, retry } = parts(box);
    box.dataset.connection = status;
    box.hidden = !["reconnecting", "offline", "refused"].includes(status) && !workerAway;
    box.classList.toggle("off", status === "offline" || status === "refused");
    dot.hidden = status !== "reconnecting";
    retry.hidden = status === "reconnecting" || workerAway;
    if (workerAway) say(words, "net.worker");
    else if (status === "refused") words.textContent = errorWords(error);
    else if (!box.hidden) say(words, `net.${status}`);
  }

  #demo() {
    const { engine = false, backend = false } = this.#state.server?.demo ?? {};
    const badge = document.querySelector("[data-demo-badge]");
    badge.hidden = !engine && !backend;
    if (badge.hidden) return;
    const kind = engine && backend ? "both" : engine ? "writer" : "painter";
    say(parts(badge).what, `demo.${kind}`);
    const pop = parts(document.querySelector('[data-dialog="demo"]'));
    say(pop.about, `demo.about.${kind}`);
    pop.engine.hidden = !engine;
    pop.backend.hidden = !backend;
  }

  #count({ job, before }) {
    if (!document.hidden || !hasEnded(job) || (before && hasEnded(before))) return;
    this.#ended += 1;
    this.#title();
  }

  #seen() {
    if (document.hidden) return;
    this.#ended = 0;
    this.#title();
  }
}
