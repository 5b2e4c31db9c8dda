// A picture that the template brings along: shown, chosen from a file, taken away. A chosen one goes into the JSON as a data
// URL; the server keeps it as a file beside the template when that is saved.

import { clone, parts } from "../dom.js";
import { say } from "../i18n.js";
import { dataUrl } from "./files.js";
import { pictureName } from "./values.js";

export class PictureField {
  element = clone("picture-field");
  #parts = parts(this.element);

  /** `address` is where the file's own picture can be seen, if it can. */
  constructor({ value, address, changed }) {
    const { file, clear } = this.#parts;
    this.input = file;
    this.#show(value, value?.startsWith("data:") ? value : address);
    file.addEventListener("change", async () => {
      if (!file.files.length) return;
      const data = await dataUrl(file.files[0]);
      this.#show(data, data);
      changed(data);
      file.value = "";
    });
    clear.addEventListener("click", () => {
      this.#show(null, null);
      changed(undefined);
      file.focus();
    });
  }

  // ---- Internal ----

  #show(value, source) {
    const { print, name, clear } = this.#parts;
    print.querySelector("img")?.remove();
    if (source) print.append(Object.assign(new Image(), { src: source, alt: "", decoding: "async" }));
    clear.hidden = !value;
    if (value) name.textContent = pictureName(value);
    else say(name, "editor.picture.none");
    if (value) delete name.dataset.t;
  }
}
