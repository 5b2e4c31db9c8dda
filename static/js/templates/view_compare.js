// What differs between the saved template and the one in the form, field by field.

import { element, parts } from "../dom.js";
import { hasWords, t } from "../i18n.js";
import { differences } from "./compare.js";
import { lastName } from "./fields.js";

export class CompareView {
  #context;
  #parts;

  constructor(context) {
    this.#context = context;
    this.#parts = parts(context.dialogs.get("compare"));
  }

  open() {
    const { work, dialogs } = this.#context;
    const found = differences(work.saved ?? {}, work.template);
    const { rows, none, region } = this.#parts;
    none.hidden = found.length > 0;
    region.hidden = found.length === 0;
    rows.replaceChildren(
      ...found.map(({ path, before, after }) =>
        element(
          "tr",
          {},
          element("th", { scope: "row", textContent: nameOf(path), title: path }),
          element("td", {}, element("del", { textContent: before })),
          element("td", {}, element("ins", { textContent: after })),
        ),
      ),
    );
    dialogs.open("compare");
  }
}

function nameOf(path) {
  const key = `param.${lastName(path).toLowerCase()}`;
  return hasWords(key) ? t(key) : path.replace(/^api_model\./, "");
}
