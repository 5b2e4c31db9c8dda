// The sheet of a batch: how far the whole is, its grids once they are there, and a tile for each of its pictures.

import { batchRuns, numberOf, progressOf } from "./batches.js";
import { clone, element, parts } from "./dom.js";
import { percent } from "./format.js";
import { errorWords, label, say, t, titleOf } from "./i18n.js";
import { BatchTile } from "./view_batch_tile.js";
import { link } from "./view_pictures.js";

export class BatchSheet {
  element = clone("sheet-batch");
  #parts = parts(this.element);
  #context;
  #turn = null;
  #tiles = new Map(); // by job_id
  #headings = new Map(); // by folder
  #shown = {};

  constructor(context) {
    this.#context = context;
    const { cancel, compare, items } = this.#parts;
    cancel.addEventListener("click", () => this.#cancel());
    compare.addEventListener("click", () => context.open.compare(this.#order));
    items.addEventListener("keydown", (event) => this.#key(event));
  }

  // ---- Lifecycle ----

  update(turn) {
    this.#turn = turn;
    this.#whole(turn);
    this.#grids(turn);
    this.#items(turn);
  }

  // ---- Actions ----

  /** One of its jobs got on. */
  progress(job) {
    const items = this.#turn.items.map((item) => (item.job_id === job.job_id ? { ...item, job } : item));
    this.#turn = { ...this.#turn, items };
    this.#whole(this.#turn);
    this.#tiles.get(job.job_id)?.progress(job);
  }

  // ---- Internal ----

  get #order() {
    const { batch, items } = this.#turn;
    const job = items.find((item) => item.job)?.job;
    return { prompt: batch.prompt, negative: job?.negative_prompt, replyId: job?.reply_id, folder: batch.items[0]?.folder };
  }

  #whole({ batch, items }) {
    const { doing, count, bar, cancel, compare, saved, ended } = this.#parts;
    const { done, failed, cancelled, total, progress } = progressOf(items);
    const runs = batchRuns(batch);
    say(doing, batch.ended_at ? "batch.ended" : progress < 1 ? "batch.running" : "batch.gridding");
    say(count, "batch.count", { done, total });
    bar.hidden = Boolean(batch.ended_at);
    bar.style.setProperty("--p", String(progress));
    bar.setAttribute("aria-valuenow", String(Math.round(progress * 100)));
    bar.setAttribute("aria-valuetext", percent(progress));
    const lost = [failed && t("batch.failed", { n: failed }), cancelled && t("batch.cancelled", { n: cancelled })];
    ended.textContent = lost.filter(Boolean).join(" · ");
    ended.hidden = !ended.textContent;
    saved.hidden = !batch.saved_to;
    if (batch.saved_to) say(saved, "batch.saved", { name: batch.saved_to });
    cancel.hidden = !runs;
    compare.hidden = runs;
  }

  #grids({ batch }) {
    const named = batch.grids.map((grid) => ({ grid, name: this.#gridName(grid, batch) }));
    const signature = named.map(({ grid, name }) => `${grid.id} ${name}`).join();
    this.#parts.gridsBox.hidden = !named.length;
    if (signature === this.#shown.grids) return;
    this.#shown.grids = signature;
    this.#parts.grids.replaceChildren(...named.map(({ grid, name }) => this.#grid(grid, name)));
  }

  /** In the reader's language, whatever is written in the picture. */
  #gridName({ folder, template, round, label: written }, batch) {
    const { choice } = this.#context;
    const title = titleOf(template ? choice.templateRecord(folder, template) : choice.folderRecord(folder));
    const several = batch.items.some((item) => item.folder === folder && item.round > 1);
    return title ? [title, several && round].filter(Boolean).join(" ") : written;
  }

  #grid(grid, said) {
    const item = clone("batch-grid");
    const { open, name, download } = parts(item);
    const image = item.querySelector("img");
    item.classList.toggle("whole", !grid.template);
    open.dataset.picture = grid.id;
    open.addEventListener("click", () => this.#context.open.viewer(grid.id));
    Object.assign(image, { src: grid.thumbnail_url, width: grid.width, height: grid.height });
    image.alt = t(grid.template ? "batch.sub" : "batch.comparison", { name: said });
    name.textContent = said;
    link(download, grid);
    label(download, "batch.download", { name: said });
    return item;
  }

  #items({ batch, items, said }) {
    const order = batch.items.map(({ job_id }) => job_id).join();
    if (order !== this.#shown.order) this.#build(items);
    this.#shown.order = order;
    for (const [folder, heading] of this.#headings)
      heading.textContent = titleOf(this.#context.choice.folderRecord(folder)) || folder;
    for (const item of items) {
      const record = this.#context.choice.templateRecord(item.folder, item.template);
      const name = [titleOf(record) || item.label, numberOf(item, items)].filter(Boolean).join(" ");
      this.#tiles.get(item.job_id).update(item, { name, said });
    }
    this.#rove(this.#pictures.indexOf(this.#pictures.find((one) => one.tabIndex === 0) ?? this.#pictures[0]));
  }

  /** A heading stands over each folder where there are several. */
  #build(items) {
    const several = new Set(items.map(({ folder }) => folder)).size > 1;
    const children = [];
    items.forEach((item, n) => {
      if (several && item.folder !== items[n - 1]?.folder) {
        this.#headings.set(item.folder, element("li", { className: "item-folder" }));
        children.push(this.#headings.get(item.folder));
      }
      const tile = new BatchTile(this.#context, (does) => this.#act(item.job_id, does));
      this.#tiles.set(item.job_id, tile);
      children.push(tile.element);
    });
    this.#parts.items.replaceChildren(...children);
  }

  async #cancel() {
    const { cancel } = this.#parts;
    cancel.ariaDisabled = "true";
    this.#trouble(await this.#context.batches.cancel(this.#turn.batch));
    cancel.ariaDisabled = null;
  }

  /** One item: `cancel` it, or paint it `again`, which is a turn of its own. */
  async #act(jobId, does) {
    const { batch, items } = this.#turn;
    const { folder, template, job } = items.find(({ job_id }) => job_id === jobId);
    const { prompt, conversation_id } = batch;
    const known = job ?? { job_id: jobId, folder, template, prompt, conversation_id };
    this.#trouble(await this.#context.painting[does](known));
  }

  #trouble(error) {
    const { trouble, troubleWords } = this.#parts;
    trouble.hidden = !error;
    if (error) troubleWords.textContent = errorWords(error);
  }

  // ---- Keys: the pictures are one stop of Tab, arrows go from one to the next ----

  get #pictures() {
    return [...this.#parts.items.querySelectorAll("[data-picture]:not([hidden])")];
  }

  #rove(at) {
    this.#pictures.forEach((button, n) => (button.tabIndex = n === at ? 0 : -1));
  }

  #key(event) {
    const pictures = this.#pictures;
    const at = pictures.indexOf(document.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const columns = getComputedStyle(this.#parts.items).gridTemplateColumns.split(" ").length;
    const to = at + ({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key] ?? 0);
    const { job } = this.#turn.items.find(({ job_id }) => job_id === pictures[at].dataset.job);
    const { actions, painting } = this.#context;
    const act = {
      a: () => painting.again(job),
      u: () => actions.use(job.images[0]),
      d: () => pictures[at].closest("li").querySelector("a").click(),
    }[event.key];
    if (!act && to === at) return;
    event.preventDefault();
    if (act) return void act();
    if (!pictures[to]) return;
    this.#rove(to);
    pictures[to].focus();
  }
}
