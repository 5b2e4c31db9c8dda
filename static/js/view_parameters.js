// The parameters of a job's pictures: the fields of their infotext, what the painter changed, and a way to copy it all.

import { copyText, element, fillFacts, parts } from "./dom.js";
import { parseInfotext, size } from "./format.js";
import { fieldName, t, titleOf } from "./i18n.js";

export class ParametersView {
  #parts;
  #dialogs;
  #choice;
  #infotext = "";

  constructor({ dialogs, choice, toast }) {
    this.#dialogs = dialogs;
    this.#choice = choice;
    this.#parts = parts(dialogs.get("parameters"));
    this.#parts.copy.addEventListener("click", async () =>
      toast((await copyText(this.#infotext)) ? "copied" : "copy.failed"),
    );
  }

  open(job) {
    const { prompt, negative, negativeTitle, facts, changed, changes, none, copy } = this.#parts;
    this.#infotext = job.images[0]?.infotext ?? "";
    const told = parseInfotext(this.#infotext);
    prompt.textContent = told.prompt || job.prompt;
    negative.textContent = told.negative || job.negative_prompt || "";
    negative.hidden = negativeTitle.hidden = !negative.textContent;
    fillFacts(facts, [
      ...this.#own(job),
      ...told.fields.filter(([name]) => name !== "Size").map(([name, value]) => [fieldName(name), value]),
    ]);
    changed.hidden = !job.substituted?.length;
    changes.replaceChildren(
      ...(job.substituted ?? []).map((one) => element("li", { textContent: t("job.substituted", one) })),
    );
    none.hidden = told.fields.length > 0;
    copy.hidden = !this.#infotext;
    this.#dialogs.open("parameters");
  }

  #own(job) {
    const template = this.#choice.templateRecord(job.folder, job.template);
    const pairs = [
      ["fact.template", titleOf(template) || job.template],
      ["fact.folder", titleOf(this.#choice.folderRecord(job.folder)) || job.folder],
      ["fact.size", size(job.images[0]?.width ?? job.width, job.images[0]?.height ?? job.height)],
      ["fact.painter", job.backend],
    ];
    return pairs.filter(([, value]) => value).map(([key, value]) => [t(key), value]);
  }
}
