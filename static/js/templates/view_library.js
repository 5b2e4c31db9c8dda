// Folders and their templates by picture and name. Opening one asks `open`; what may be changed is shown to operators only.

import { clone, icon, parts } from "../dom.js";
import { size } from "../format.js";
import { errorWords, say, t, titleOf } from "../i18n.js";

export class LibraryView {
  #root = document.querySelector("[data-library]");
  #parts = parts(this.#root);
  #context;

  constructor(context) {
    this.#context = context;
    const { shelf, session, work, desk } = context;
    for (const type of ["change", "trouble"]) shelf.addEventListener(type, (event) => this.render(event.detail));
    session.addEventListener("visitor", () => this.render());
    work.addEventListener("open", () => this.#mark());
    this.#parts.add.addEventListener("click", () => desk.create());
    this.#parts.from.addEventListener("click", () => context.open.from());
    this.#parts.addFolder.addEventListener("click", () => context.open.folder(null));
    this.#parts.editFolder.addEventListener("click", () => context.open.folder(shelf.current));
    this.#parts.retry.addEventListener("click", () => shelf.load());
  }

  render(error = null) {
    const { shelf, session } = this.#context;
    const { trouble, troubleWords, folders, cards, none, title, about, count } = this.#parts;
    trouble.hidden = !error;
    if (error) troubleWords.textContent = errorWords(error);
    this.#forOperators(session.operator, shelf);
    if (!shelf.loaded) return;
    const focused = document.activeElement?.dataset;
    say(count, "templates.count", { n: shelf.count, folders: shelf.folders.length });
    folders.replaceChildren(...shelf.folders.map((folder) => this.#folder(folder)));
    const templates = shelf.current?.templates ?? [];
    cards.replaceChildren(...templates.map((template) => this.#card(template)));
    none.hidden = templates.length > 0;
    title.textContent = titleOf(shelf.current);
    about.textContent = this.#about(shelf.current);
    this.#mark();
    if (focused?.key) this.#root.querySelector(`[data-key="${CSS.escape(focused.key)}"]`)?.focus();
  }

  /** Put the keyboard on a template's card, or on the list. */
  focusCard(place) {
    const card = place && this.#root.querySelector(`[data-template="${CSS.escape(place.name)}"]`);
    (card ?? this.#parts.folders.querySelector("[aria-current]") ?? this.#parts.title).focus();
  }

  // ---- Internal ----

  #forOperators(operator, shelf) {
    const { acts, visitor, addFolder, editFolder } = this.#parts;
    acts.hidden = addFolder.hidden = !operator;
    editFolder.hidden = !operator || !shelf.current;
    visitor.hidden = operator || !this.#context.session.welcomed;
  }

  #about(folder) {
    const children = folder?.for_children ? t("templates.children") : "";
    return [titleOf({ title: folder?.about }), children].filter(Boolean).join(" · ");
  }

  #folder(folder) {
    const row = clone("folder-row");
    const { open, thumb, name, count } = parts(row);
    name.textContent = titleOf(folder);
    count.textContent = folder.templates.length;
    open.dataset.folder = folder.name;
    open.dataset.key = `folder:${folder.name}`;
    if (folder.name === this.#context.shelf.folder) open.setAttribute("aria-current", "true");
    if (folder.picture_url) thumb.replaceChildren(Object.assign(new Image(), { src: folder.picture_url, alt: "" }));
    open.addEventListener("click", () => this.#context.shelf.look(folder.name));
    return row;
  }

  #card(template) {
    const row = clone("card");
    const { open, print, name, about } = parts(row);
    name.textContent = titleOf(template);
    about.textContent = template.broken
      ? t("picker.broken")
      : t("template.shape", { size: size(template.width, template.height), steps: template.steps });
    open.dataset.template = template.name;
    open.dataset.key = `template:${template.name}`;
    open.classList.toggle("broken", Boolean(template.broken));
    if (template.broken) print.replaceChildren(icon("warn", "l"));
    if (template.picture_url) {
      print.replaceChildren(Object.assign(new Image(), { src: template.picture_url, alt: "", loading: "lazy" }));
    }
    open.addEventListener("click", () => this.#context.desk.open(this.#context.shelf.folder, template.name));
    return row;
  }

  #mark() {
    const { work, shelf } = this.#context;
    for (const card of this.#parts.cards.querySelectorAll("[data-template]")) {
      const here = work.place?.folder === shelf.folder && work.place?.name === card.dataset.template;
      if (here) card.setAttribute("aria-current", "true");
      else card.removeAttribute("aria-current");
    }
  }
}
