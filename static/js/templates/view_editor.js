// The editor: the form of the work with what can be done about it, and what the server says when it refuses.

import { clone, fillFacts, parts } from "../dom.js";
import { errorWords, label, say, t, titleOf } from "../i18n.js";
import { FormView } from "./view_form.js";
import { TestView } from "./view_test.js";

export class EditorView {
  #home = document.querySelector("[data-editor]");
  #context;
  #parts = null;
  #form = null;
  #shown = null;
  #life = new AbortController(); // of what listens for the template on view

  constructor(context) {
    this.#context = context;
    const { work, shelf } = context;
    work.addEventListener("open", () => this.#open());
    work.addEventListener("change", () => this.#state());
    shelf.addEventListener("offers", () => this.#form && this.#draw());
    addEventListener("beforeunload", (event) => work.dirty && event.preventDefault());
  }

  /** Save the work; resolves with whether it is saved. */
  async save(saving = () => this.#context.desk.save()) {
    if (!this.#parts) return false;
    document.activeElement?.blur?.(); // a field tells what it holds when it is left
    const wrong = this.#form.problem;
    if (wrong) {
      this.#form.reveal(wrong);
      return false;
    }
    this.#parts.trouble.hidden = true;
    this.#parts.save.setAttribute("aria-disabled", "true");
    const answer = await saving();
    this.#parts?.save.removeAttribute("aria-disabled");
    if (answer.error) this.#refused(answer.error);
    return answer.ok;
  }

  render() {
    if (this.#parts) this.#state();
  }

  // ---- Internal ----

  #open() {
    const { work } = this.#context;
    const open = work.template !== null;
    const was = this.#shown;
    this.#shown = open ? work.place : null;
    document.documentElement.toggleAttribute("data-editing", open);
    this.#home.hidden = !open;
    if (!open) {
      this.#parts = this.#form = null;
      this.#life.abort();
      this.#home.replaceChildren();
      return this.#context.open.card(was);
    }
    this.#build();
    this.#draw();
    this.#state();
    return this.#parts.title.focus();
  }

  #build() {
    const { work, desk, open, session } = this.#context;
    this.#life.abort();
    this.#life = new AbortController();
    const body = clone("editor");
    this.#parts = parts(body);
    this.#form = new FormView({ home: this.#parts.groups, changed: () => work.changed() });
    const refused = (error) => this.#refused(error);
    if (session.operator) new TestView({ ...this.#context, home: this.#parts.test, life: this.#life.signal, refused });
    this.#home.replaceChildren(body);
    const does = {
      save: () => this.save(),
      saveAs: () => this.save(() => desk.saveAs()),
      rename: () => desk.rename(),
      remove: () => desk.remove(),
      close: () => desk.close(),
      discard: () => desk.discard(),
      compare: () => open.compare(),
    };
    for (const [name, act] of Object.entries(does)) this.#parts[name].addEventListener("click", act);
    for (const radio of [this.#parts.txt, this.#parts.img]) {
      radio.checked = radio.value === (work.template.template_type ?? "txt2img");
      radio.addEventListener("change", () => this.#choose(radio.value));
    }
    this.#operatorOnly();
  }

  /** Who may not change templates sees the form as it is, without what would change it. */
  #operatorOnly() {
    const { session } = this.#context;
    for (const name of ["save", "txt", "img"]) this.#parts[name].disabled = !session.operator;
    this.#parts.save.hidden = !session.operator;
  }

  #choose(type) {
    const { work } = this.#context;
    work.template.template_type = type;
    work.changed();
    this.#draw();
  }

  #draw() {
    const { work, shelf, session } = this.#context;
    this.#form.show({ template: work.template, offers: shelf.offers, inputs: work.inputs, locked: !session.operator });
  }

  #state() {
    if (!this.#parts) return;
    const { work, shelf, api, session } = this.#context;
    const { title, path, state, discard, compare, rename, remove, saveAs, unread, unreadFacts } = this.#parts;
    const { place, dirty } = work;
    const record = shelf.folders
      .find((folder) => folder.name === place?.folder)
      ?.templates.find((one) => one.name === place.name);
    title.textContent = place ? titleOf(record) || place.name : t("templates.new");
    path.textContent = place ? `${place.folder} / ${place.name}` : "";
    say(state, dirty ? "editor.unsaved" : "editor.all.saved");
    discard.hidden = !dirty || !session.operator;
    compare.hidden = !dirty || !place;
    for (const one of [rename, remove, saveAs]) one.hidden = !place || !session.operator;
    this.#parts.export.hidden = !place;
    if (place) this.#parts.export.href = api.exportAddress(place.folder, place.name);
    unread.hidden = Object.keys(work.unread).length === 0;
    fillFacts(unreadFacts, Object.entries(work.unread));
    label(this.#home, "editor.form");
  }

  /** Beside the field the server names, or above the form. */
  #refused(error) {
    const words = ["bad_request", "internal"].includes(error.code) && error.message ? error.message : errorWords(error);
    const field = String(error.detail?.field ?? "").replace(/^template\./, "");
    this.#parts.trouble.hidden = true;
    if (this.#form.refuse(field, words)) return;
    this.#parts.troubleWords.textContent = words;
    this.#parts.trouble.hidden = false;
    this.#parts.trouble.scrollIntoView({ block: "nearest" });
  }
}
