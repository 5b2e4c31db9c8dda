// A template out of something: a picture's file, pasted parameters, or a file of templates; by button, by paste, or dropped
// anywhere on the page.

import { parts } from "../dom.js";
import { errorWords, t } from "../i18n.js";

const REFUSED = ["bad_request", "internal"];

export class FromView {
  #context;
  #parts;

  constructor(context) {
    this.#context = context;
    this.#parts = parts(context.dialogs.get("from"));
    const { file, go, infotext } = this.#parts;
    file.addEventListener("change", () => file.files.length && this.#try(() => context.desk.take(file.files[0])));
    go.addEventListener("click", () => this.#read(infotext.value.trim()));
    this.#watch(document.querySelector("[data-drop]"));
  }

  open() {
    const { file, infotext } = this.#parts;
    file.value = infotext.value = "";
    this.#refuse(null);
    this.#context.dialogs.open("from");
  }

  // ---- Internal ----

  #read(infotext) {
    if (!infotext) return this.#refuse(t("templates.from.empty"));
    return this.#try(() => this.#context.desk.createFrom({ infotext }));
  }

  /** Done: the dialog goes. Refused: it says why. */
  async #try(act) {
    this.#context.dialogs.close("from");
    const error = await act();
    if (!error) return;
    this.#context.dialogs.open("from");
    this.#refuse(wordsOf(error));
  }

  #refuse(words) {
    this.#parts.err.hidden = !words;
    this.#parts.err.textContent = words ?? "";
  }

  #watch(hint) {
    let depth = 0;
    const holdsFiles = (event) => this.#context.session.operator && event.dataTransfer?.types.includes("Files");
    const show = (change) => {
      depth = Math.max(0, depth + change);
      hint.hidden = depth === 0;
    };
    document.addEventListener("dragenter", (event) => holdsFiles(event) && show(1));
    document.addEventListener("dragleave", (event) => holdsFiles(event) && show(-1));
    document.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
    document.addEventListener("drop", async (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      show(-depth);
      const error = event.dataTransfer.files[0] && (await this.#context.desk.take(event.dataTransfer.files[0]));
      if (error) this.#context.toast(wordsOf(error));
    });
  }
}

const wordsOf = (error) => (REFUSED.includes(error.code) && error.message ? error.message : errorWords(error));
