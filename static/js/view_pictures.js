// The sheet with its pictures: a grid of as many as there are, each opening full size, and the row of next steps.

import { compareOf } from "./batch_choice.js";
import { clone, parts } from "./dom.js";
import { gridOf } from "./format.js";
import { errorWords, label, t } from "./i18n.js";

export class PicturesSheet {
  element = clone("sheet-pictures");
  #parts = parts(this.element);
  #context;
  #turn = null;
  #shown = "";

  constructor(context) {
    this.#context = context;
    const { again, use, parameters, compare } = this.#parts;
    again.addEventListener("click", () => this.#again());
    use.addEventListener("click", () => context.actions.use(this.#turn.job.images[0]));
    parameters.addEventListener("click", () => context.open.parameters(this.#turn.job));
    compare.addEventListener("click", () => context.open.compare(compareOf(this.#turn.job)));
    this.#parts.grid.addEventListener("keydown", (event) => this.#key(event));
  }

  update(turn) {
    this.#turn = turn;
    const { images, substituted } = turn.job;
    const { use, download, changes } = this.#parts;
    use.hidden = download.hidden = images.length !== 1;
    if (images.length) link(download, images[0]);
    changes.hidden = !substituted?.length;
    changes.textContent = (substituted ?? []).map((one) => t("job.substituted", one)).join("; ");
    const signature = `${turn.said}|${images.map((picture) => picture.id).join()}`;
    if (signature !== this.#shown) this.#fill(turn);
    this.#shown = signature;
  }

  // ---- Internal ----

  #fill({ job, said }) {
    const { grid } = this.#parts;
    grid.style.setProperty("--columns", String(gridOf(job.images.length).columns));
    grid.replaceChildren(...job.images.map((picture, n) => this.#picture(picture, n, { job, said })));
    if (!job.images.length)
      grid.replaceChildren(
        Object.assign(document.createElement("li"), { className: "gone", textContent: t("turn.gone") }),
      );
  }

  #picture(picture, n, { job, said }) {
    const item = clone("picture");
    const button = item.querySelector("[data-picture]");
    const { use, download } = parts(item);
    const image = item.querySelector("img");
    const single = job.images.length === 1;
    button.dataset.picture = picture.id;
    button.tabIndex = n === 0 ? 0 : -1;
    button.addEventListener("click", () => this.#context.open.viewer(picture.id, button));
    use.addEventListener("click", () => this.#context.actions.use(picture));
    link(download, picture);
    label(image, "turn.picture", { i: n + 1, n: job.images.length, said });
    image.alt = t("turn.picture", { i: n + 1, n: job.images.length, said });
    image.removeAttribute("aria-label");
    image.width = picture.width;
    image.height = picture.height;
    image.src = single ? picture.url : picture.thumbnail_url;
    if (single) image.style.backgroundImage = `url("${picture.thumbnail_url}")`;
    return item;
  }

  async #again() {
    this.#parts.trouble.hidden = true;
    const error = await this.#context.painting.again(this.#turn.job);
    this.#parts.trouble.hidden = !error;
    if (error) this.#parts.troubleWords.textContent = errorWords(error);
  }

  #key(event) {
    const buttons = [...this.#parts.grid.querySelectorAll("[data-picture]")];
    const at = buttons.indexOf(document.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const { columns } = gridOf(buttons.length);
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (move && buttons[at + move]) {
      event.preventDefault();
      buttons[at].tabIndex = -1;
      buttons[at + move].tabIndex = 0;
      buttons[at + move].focus();
    }
    const picture = this.#turn.job.images[at];
    const act = {
      a: () => this.#again(),
      u: () => this.#context.actions.use(picture),
      d: () => buttons[at].closest("li").querySelector("a").click(),
    }[event.key];
    if (!act) return;
    event.preventDefault(); // the letter would be typed into the field that gets the focus
    act();
  }
}

/** Point a download link at a picture's file. */
export function link(anchor, picture) {
  anchor.href = picture.url;
  const kind = picture.mime?.split("/")[1] ?? "png";
  anchor.download = `art-bot-${picture.seed ?? picture.id}.${kind}`;
}
