// The dialog in which one prompt is given to many templates: ticked by their pictures, folder by folder or one by one,
// with how often each is painted and how many pictures that makes.

import { amountOf, canPaint, firstTicks, isTicked, mostJobs, orderOf } from "./batch_choice.js";
import { setTimes, shareOf, tick, tickFolder, timesOf } from "./batch_choice.js";
import { clone, icon, parts } from "./dom.js";
import { size } from "./format.js";
import { errorWords, label, say, t, titleOf } from "./i18n.js";

export class CompareView {
  #context;
  #parts;
  #order = null;
  #ticks = null;
  #rows = []; // what follows the ticks: functions

  constructor(context) {
    this.#context = context;
    this.#parts = parts(context.dialogs.get("compare"));
    const { form, all, none, repeats, rounds } = this.#parts;
    all.addEventListener("click", () => this.#tickAll(true));
    none.addEventListener("click", () => this.#tickAll(false));
    repeats.addEventListener("change", () => this.#change({ ...this.#ticks, repeats: this.#times(repeats) ?? 1 }));
    rounds.addEventListener("change", () => this.#change({ ...this.#ticks, rounds: this.#times(rounds) ?? 1 }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#paint();
    });
  }

  // ---- Actions ----

  /** Compare this prompt: {prompt, negative, replyId, imageId, folder}; the folder is ticked at first. */
  open(order) {
    const { choice, state, dialogs } = this.#context;
    const imageId = order.imageId ?? choice.image?.id;
    this.#order = { ...order, imageId };
    this.#ticks = firstTicks(choice.catalogue, order.folder ?? choice.folder, Boolean(imageId));
    const { prompt, from, fromPicture, saveRow, save, trouble } = this.#parts;
    prompt.textContent = order.prompt;
    from.hidden = !imageId;
    if (imageId) fromPicture.src = this.#context.pictureUrl(imageId);
    saveRow.hidden = !state.server?.saves;
    trouble.hidden = true;
    save.checked = false;
    dialogs.open("compare");
    this.render();
  }

  /** Anew: opened, or in another language. */
  render() {
    if (!this.#context.dialogs.get("compare").open) return;
    this.#rows = [];
    this.#parts.folders.replaceChildren(...this.#context.choice.catalogue.map((folder) => this.#folder(folder)));
    this.#arrange();
  }

  // ---- Internal ----

  get #hasImage() {
    return Boolean(this.#order.imageId);
  }

  #change(ticks) {
    this.#ticks = ticks;
    this.#arrange();
  }

  #tickAll(on) {
    const { catalogue } = this.#context.choice;
    this.#change(catalogue.reduce((now, folder) => tickFolder(now, folder, on, this.#hasImage), this.#ticks));
  }

  /** What stands in a field of times, put within its bounds; null where it is empty. */
  #times(input) {
    if (input.value === "") return null;
    const most = this.#context.state.server?.limits.times ?? 1;
    input.value = Math.min(most, Math.max(1, Math.round(Number(input.value))));
    return Number(input.value);
  }

  #folder(folder) {
    const row = clone("compare-folder");
    const { all, picture, name, chosen, rounds, templates } = parts(row);
    name.textContent = titleOf(folder);
    row.setAttribute("aria-label", titleOf(folder));
    picture.hidden = !folder.picture_url;
    if (folder.picture_url) picture.src = folder.picture_url;
    all.addEventListener("change", () => this.#change(tickFolder(this.#ticks, folder, all.checked, this.#hasImage)));
    this.#field(rounds, folder.name);
    label(rounds, "compare.rounds.of", { name: titleOf(folder) });
    templates.replaceChildren(...folder.templates.map((template) => this.#tile(folder, template)));
    this.#rows.push(() => {
      const share = shareOf(this.#ticks, folder, this.#hasImage);
      all.checked = share.ticked > 0 && share.ticked === share.usable;
      all.indeterminate = share.ticked > 0 && share.ticked < share.usable;
      all.disabled = share.usable === 0;
      rounds.parentElement.hidden = share.ticked === 0;
      rounds.placeholder = this.#ticks.rounds;
      say(chosen, "compare.share", { ticked: share.ticked, total: share.usable });
    });
    return row;
  }

  #tile(folder, template) {
    const box = clone("compare-tile");
    const { tile, name, about, repeats } = parts(box);
    const input = tile.querySelector("input");
    const able = canPaint(template, this.#hasImage);
    name.textContent = titleOf(template);
    if (template.broken) say(about, "picker.broken");
    else if (!able) say(about, "compare.needs");
    else about.textContent = size(template.width, template.height);
    Object.assign(input, { disabled: !able, value: `${folder.name}/${template.name}` });
    input.addEventListener("change", () => this.#change(tick(this.#ticks, folder.name, template.name, input.checked)));
    const image = tile.querySelector("img");
    if (template.picture_url) image.src = template.picture_url;
    else image.replaceWith(icon("paint", "l"));
    this.#field(repeats, folder.name, template.name);
    label(repeats, "compare.repeats.of", { name: titleOf(template) });
    this.#rows.push(() => {
      input.checked = isTicked(this.#ticks, folder.name, template.name);
      repeats.parentElement.hidden = !input.checked;
      repeats.placeholder = this.#ticks.repeats;
    });
    return box;
  }

  /** A number of its own for a folder or a template; empty: as for all. */
  #field(input, folder, template) {
    input.max = this.#context.state.server?.limits.times ?? 1;
    input.value = timesOf(this.#ticks, folder, template) ?? "";
    input.addEventListener("change", () => this.#change(setTimes(this.#ticks, folder, template, this.#times(input))));
  }

  #arrange() {
    for (const follow of this.#rows) follow();
    const { choice, state } = this.#context;
    const { paint, paintWords, count, repeats, rounds } = this.#parts;
    const { jobs, pictures } = amountOf(this.#ticks, choice.catalogue, choice.overrides().overrides);
    const most = mostJobs(state.server?.limits);
    repeats.max = rounds.max = state.server?.limits.times ?? 1;
    repeats.value = this.#ticks.repeats;
    rounds.value = this.#ticks.rounds;
    paint.disabled = jobs === 0 || jobs > most;
    count.hidden = jobs > 0 && jobs <= most;
    if (jobs > most) say(count, "compare.most", { jobs, most });
    else if (!jobs) say(count, "compare.none");
    say(paintWords, "compare.paint", { n: pictures });
  }

  async #paint() {
    const { choice, dialogs, batches } = this.#context;
    const { paint, save, trouble, troubleWords } = this.#parts;
    if (paint.ariaDisabled === "true") return;
    paint.ariaDisabled = "true";
    const { overrides } = choice.overrides();
    const chosen = orderOf(this.#ticks, choice.catalogue);
    const error = await batches.order({ ...this.#order, overrides, save: save.checked, chosen });
    paint.ariaDisabled = null;
    trouble.hidden = !error;
    if (!error) return dialogs.close("compare");
    const { room } = error.detail ?? {};
    troubleWords.textContent = room === undefined ? errorWords(error) : t("compare.room", { n: room });
    return trouble.scrollIntoView({ block: "nearest" });
  }
}
