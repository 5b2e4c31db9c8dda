// What a person can do with templates: open, make, save, copy, rename, delete, import. Asks before anything is lost, says
// how it went, and leaves the showing to the views.

import { errorWords, t } from "../i18n.js";
import { newTemplate, setInput } from "./document.js";

const MUST_BE_NEW = ""; // in the place of a version
const SAVE = ["save", "editor.save", "ink"];
const LEAVE = [
  ["stay", "editor.leave.stay"],
  ["drop", "editor.leave.drop", "danger"],
];

export class Desk {
  #api;
  #shelf;
  #work;
  #questions;
  #toast;
  #saveForm;

  /** `saveForm()` saves what the editor shows and resolves with whether it is saved. */
  constructor({ api, shelf, work, questions, toast, saveForm }) {
    this.#api = api;
    this.#shelf = shelf;
    this.#work = work;
    this.#questions = questions;
    this.#toast = toast;
    this.#saveForm = saveForm;
  }

  // ---- Taking up ----

  async open(folder, name) {
    if (!(await this.mayLeave())) return;
    const answer = await this.#api.open(folder, name);
    if (!answer.ok) return void this.#say(answer.error);
    if (!answer.template?.api_model) return void this.#toast(answer.broken ?? t("picker.broken"));
    this.#work.open(answer);
  }

  async create() {
    if (await this.mayLeave()) this.#work.begin(newTemplate());
  }

  /** A template of {job_id}, {infotext} or {image}; resolves with an error or null. */
  async createFrom(source) {
    if (!(await this.mayLeave())) return null;
    const answer = await this.#api.draft(source);
    if (!answer.ok) return answer.error;
    for (const [place, id] of Object.entries(answer.inputs ?? {})) {
      const picture = await this.#api.pictureData(id);
      if (picture) setInput(answer.template, place, picture);
    }
    this.#work.begin(answer.template, answer.unread);
    return null;
  }

  /** A file that somebody chose or dropped: templates are imported, pictures are read; an error or null. */
  async take(file) {
    if (!/\.(json|zip)$/i.test(file.name)) return this.createFrom({ image: file });
    const answer = await this.#api.importFile(file, { folder: this.#shelf.folder });
    if (!answer.ok) return answer.error;
    await this.#shelf.load();
    this.#toast(t("templates.imported", { name: answer.name ?? file.name }));
    if (answer.name && (await this.mayLeave())) {
      this.#shelf.look(answer.folder);
      await this.open(answer.folder, answer.name);
    }
    return null;
  }

  // ---- Saving ----

  /** Save the work where it lies, or ask where; resolves with {ok} or the server's error. */
  async save(place = this.#work.place) {
    const to = place ?? (await this.#where("editor.save_as"));
    if (!to) return { ok: false };
    const version = to === this.#work.place ? this.#work.version : MUST_BE_NEW;
    const answer = await this.#api.save(to.folder, to.name, this.#work.template, version);
    if (answer.error?.code === "conflict") return this.#conflict(to);
    return this.#kept(answer, "editor.saved");
  }

  async saveAs() {
    const to = await this.#where("editor.save_as");
    if (!to) return { ok: false };
    if (!this.#work.place) return this.save(to);
    const { folder, name } = this.#work.place;
    const copied = await this.#api.copy(folder, name, to); // with its pictures
    if (!copied.ok) return copied;
    const answer = await this.#api.save(to.folder, to.name, this.#work.template, copied.version);
    return this.#kept(answer, "editor.saved");
  }

  async rename() {
    const { folder, name } = this.#work.place;
    if (!(await this.mayLeave())) return;
    const to = await this.#where("editor.rename", { folder, name });
    if (!to) return;
    const answer = await this.#api.rename(folder, name, to);
    if (!answer.ok) this.#say(answer.error);
    else await this.#kept(answer, "editor.renamed");
  }

  // ---- Letting go ----

  async remove() {
    const { folder, name } = this.#work.place;
    const answers = [
      ["stay", "editor.delete.no"],
      ["yes", "editor.delete", "danger"],
    ];
    if ((await this.#questions.ask("editor.delete.sure", "editor.delete.words", answers, { name })) !== "yes") return;
    const answer = await this.#api.remove(folder, name);
    if (!answer.ok) return void this.#say(answer.error);
    this.#work.close();
    await this.#shelf.load();
    this.#toast(t("editor.deleted", { name }));
  }

  async close() {
    if (await this.mayLeave()) this.#work.close();
  }

  /** Back to what is saved; what is saved nowhere goes. */
  async discard() {
    if ((await this.#questions.ask("editor.leave", "editor.leave.words", LEAVE)) !== "drop") return;
    const { place } = this.#work;
    this.#work.close();
    if (place) await this.open(place.folder, place.name);
  }

  /** Whether the work may be left: it is saved, or the person says so. */
  async mayLeave() {
    if (!this.#work.dirty) return true;
    const answer = await this.#questions.ask("editor.leave", "editor.leave.words", [...LEAVE, SAVE]);
    if (answer === "save") return this.#saveForm();
    if (answer === "drop") this.#work.close();
    return answer === "drop";
  }

  // ---- Internal ----

  #where(title, { folder, name = "" } = { folder: this.#work.place?.folder }) {
    return this.#questions.place({ title, go: title === "editor.rename" ? title : "editor.save", folder, name });
  }

  async #conflict(to) {
    const answers = [
      ["theirs", "editor.conflict.theirs"],
      ["mine", "editor.conflict.mine", "ink"],
    ];
    const chosen = await this.#questions.ask("editor.conflict", "editor.conflict.words", answers);
    if (chosen === "theirs") {
      this.#work.close();
      await this.open(to.folder, to.name);
    }
    if (chosen !== "mine") return { ok: false };
    return this.#kept(await this.#api.save(to.folder, to.name, this.#work.template), "editor.saved");
  }

  /** Take the work up as the server has it now, or hand on what it refused. */
  async #kept(answer, words) {
    if (!answer.ok) return answer;
    this.#work.keep(answer);
    await this.#shelf.load();
    this.#shelf.look(answer.folder);
    this.#toast(t(words));
    return { ok: true };
  }

  #say(error) {
    this.#toast(errorWords(error));
  }
}
