// Choosing a folder and a template by their pictures. Mounted on the first visit and in the popover over the composer.

import { clone, icon, parts } from "./dom.js";
import { size } from "./format.js";
import { t, titleOf } from "./i18n.js";

let count = 0;

export class PickerView {
  element = clone("picker-body");
  #parts = parts(this.element);
  #choice;
  #name = `picker-${(count += 1)}`;
  #shown = {};

  /** `picked` is called when a template was chosen for good: by a press or by Enter, not by an arrow key on its way. */
  constructor({ choice, home, picked = () => {} }) {
    this.#choice = choice;
    this.picked = picked;
    home.append(this.element);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#enter(event.target);
    });
    choice.addEventListener("change", () => this.render());
  }

  render(force = false) {
    const { catalogue, folder } = this.#choice;
    if (force || catalogue !== this.#shown.catalogue || folder !== this.#shown.folder) this.#build();
    this.#shown = { catalogue, folder };
    for (const input of this.element.querySelectorAll("input")) {
      input.checked = input.value === (input.dataset.kind === "folder" ? this.#choice.folder : this.#choice.template);
    }
  }

  // ---- Internal ----

  #build() {
    const focused = document.activeElement?.value;
    const inside = this.element.contains(document.activeElement);
    this.#parts.folders.replaceChildren(...this.#choice.catalogue.map((folder) => this.#chip(folder)));
    const templates = this.#choice.folderRecord()?.templates ?? [];
    this.#parts.templates.replaceChildren(...templates.map((template) => this.#tile(template)));
    if (inside) this.element.querySelector(`input[value="${CSS.escape(focused)}"]`)?.focus();
  }

  #enter(input) {
    input.click();
    if (input.dataset.kind === "template") this.picked();
  }

  #chip(folder) {
    const input = this.#radio("folder", folder.name, () => this.#choice.choose(folder.name));
    const chip = document.createElement("label");
    chip.className = "chip pickable";
    chip.title = titleOf({ title: folder.about });
    const picture = folder.picture_url ? Object.assign(new Image(26, 26), { src: folder.picture_url, alt: "" }) : "";
    chip.append(input, picture, titleOf(folder));
    return chip;
  }

  #tile(template) {
    const tile = clone("tile");
    const { name, about } = parts(tile);
    const input = this.#radio("template", template.name, () => this.#choice.choose(this.#choice.folder, template.name));
    tile.querySelector("input").replaceWith(input);
    name.textContent = titleOf(template);
    about.textContent = template.broken ? t("picker.broken") : size(template.width, template.height);
    input.disabled = Boolean(template.broken);
    if (template.broken) tile.title = template.broken;
    const image = tile.querySelector("img");
    if (template.picture_url) image.src = template.picture_url;
    else image.replaceWith(icon("paint", "l"));
    tile.addEventListener("click", (event) => {
      if (event.detail > 0 && !input.disabled) this.picked(); // 0: an arrow key moved the choice
    });
    return tile;
  }

  #radio(kind, value, choose) {
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: `${this.#name}-${kind}`, value });
    input.dataset.kind = kind;
    input.dataset[kind] = value;
    input.addEventListener("change", choose);
    return input;
  }
}
