// Making a folder, changing what it says and does, and deleting it with everything in it.

import { parts } from "../dom.js";
import { errorWords, say, t, titleOf } from "../i18n.js";
import { freeName, nameProblem } from "./names.js";
import { TitleRows } from "./view_titles.js";

const TEXTS = ["title_en", "title_zh", "about_en", "about_zh", "system_prompt"];

export class FolderView {
  #context;
  #dialog;
  #parts;
  #name = null;
  #filled = "";
  #titles;

  constructor(context) {
    this.#context = context;
    this.#dialog = context.dialogs.get("folder");
    this.#parts = parts(this.#dialog);
    this.#titles = new TitleRows(this.#parts.titles);
    this.#parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    this.#parts.remove.addEventListener("click", () => this.#remove());
    for (const name of ["cancel", "shut"]) this.#parts[name].addEventListener("click", () => this.#leave());
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault(); // Esc
      this.#leave();
    });
  }

  /** Open for a folder of the list, or null for a new one. */
  async open(folder) {
    const settings = folder ? await this.#context.api.openFolder(folder.name) : { ok: true };
    if (!settings.ok) return void this.#context.toast(errorWords(settings.error));
    this.#name = folder?.name ?? null;
    this.#fill({ ...settings.settings, system_prompt: settings.system_prompt });
    say(this.#parts.heading, folder ? "templates.folder.edit" : "templates.folder.new");
    this.#context.dialogs.open("folder");
    (folder ? this.#parts.title_en : this.#parts.folderName).focus();
    return undefined;
  }

  // ---- Internal ----

  #fill(settings) {
    const { folderName, folder_negative: negative, for_children: children, order, remove } = this.#parts;
    folderName.value = this.#name ?? "";
    folderName.closest(".field").hidden = Boolean(this.#name);
    for (const name of TEXTS) this.#parts[name].value = settings[name] ?? "";
    negative.value = settings.negative_prompt ?? "";
    children.checked = settings.for_children ?? false;
    order.value = settings.order ?? "";
    this.#titles.fill(this.#name ? this.#context.shelf.names(this.#name) : [], settings.titles);
    remove.hidden = !this.#name;
    this.#refuse(null);
    this.#filled = JSON.stringify(this.#settings());
  }

  async #leave() {
    const answers = [
      ["stay", "editor.leave.stay"],
      ["drop", "editor.leave.drop", "danger"],
    ];
    const changed = JSON.stringify(this.#settings()) !== this.#filled;
    const may =
      !changed || (await this.#context.questions.ask("editor.leave", "editor.leave.words", answers)) === "drop";
    if (may) this.#context.dialogs.close("folder");
  }

  #settings() {
    const { folder_negative: negative, for_children: children, order } = this.#parts;
    const texts = TEXTS.map((name) => [name, this.#parts[name].value.trim() || null]);
    return {
      ...Object.fromEntries(texts),
      system_prompt: this.#parts.system_prompt.value.trim(),
      negative_prompt: negative.value.trim() || null,
      for_children: children.checked,
      order: order.value === "" ? null : Number(order.value),
      titles: this.#titles.value,
    };
  }

  async #save() {
    const { api, shelf, dialogs, toast } = this.#context;
    const taken = shelf.folders.map((folder) => folder.name);
    const name = this.#name ?? (this.#parts.folderName.value.trim() || freeName("template_folder", taken));
    if (!this.#name && nameProblem(name, { folder: true })) return this.#refuse(t("problem.name"), "folderName");
    const settings = this.#settings();
    const answer = this.#name ? await api.changeFolder(name, settings) : await api.addFolder({ name, ...settings });
    if (!answer.ok) return this.#refuse(answer.error.message || errorWords(answer.error), answer.error.detail?.field);
    dialogs.close("folder");
    await shelf.load();
    shelf.look(name);
    return toast(t("templates.folder.saved", { name: titleOf(shelf.current) || name }));
  }

  async #remove() {
    const { api, shelf, dialogs, questions, work, toast } = this.#context;
    const n = shelf.names(this.#name).length;
    const answers = [
      ["no", "editor.delete.no"],
      ["yes", "templates.folder.delete", "danger"],
    ];
    const sure = await questions.ask("templates.folder.sure", "templates.folder.words", answers, {
      n,
      name: this.#name,
    });
    if (sure !== "yes") return;
    const answer = await api.removeFolder(this.#name);
    if (!answer.ok) return void this.#refuse(answer.error.message || errorWords(answer.error));
    dialogs.close("folder");
    if (work.place?.folder === this.#name) work.close();
    await shelf.load();
    toast(t("editor.deleted", { name: this.#name }));
  }

  #refuse(words, field) {
    const { err } = this.#parts;
    err.hidden = !words;
    err.textContent = words ?? "";
    const named = { negative_prompt: "folder_negative", name: "folderName", folder: "folderName" }[field] ?? field;
    for (const input of this.#dialog.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    if (!words) return;
    this.#parts[named]?.setAttribute("aria-invalid", "true");
    (this.#parts[named] ?? err).scrollIntoView({ block: "nearest" });
    this.#parts[named]?.focus();
  }
}
