// The composer: words, template, a picture to start from, "paint right away"; its send button is stop while a reply runs.
// One element, large on the first visit and docked at the foot afterwards.

import { parts } from "./dom.js";
import { size } from "./format.js";
import { errorWords, label, say, t, titleOf } from "./i18n.js";
import { tabStore } from "./preferences.js";
import { countOf } from "./settings.js";
import { uploadPicture, watchForPictures } from "./upload.js";

const MOST_LINES = 6;

export class ComposerView {
  element = document.querySelector("[data-composer]");
  #parts = parts(this.element);
  #state;
  #choice;
  #actions;
  #connection;
  #big = false;
  #sendLater = false;

  constructor({ state, choice, actions, connection, open }) {
    Object.assign(this, { open });
    this.#state = state;
    this.#choice = choice;
    this.#actions = actions;
    this.#connection = connection;
    this.#listen();
    this.#parts.text.value = tabStore.get("draft", "");
    for (const type of ["turns", "view", "server"]) state.addEventListener(type, () => this.render());
    for (const source of [[state, "view"], [choice, "change"]])
      source[0].addEventListener(source[1], () => this.#sendLater && this.#submit());
    choice.addEventListener("change", () => this.render());
    connection.addEventListener("status", () => this.render());
  }

  // ---- Actions ----

  /** Large in the middle of a first visit, or docked at the foot. */
  place(big) {
    const home = document.querySelector(big ? "[data-hello-composer]" : "[data-dock-composer]");
    document.querySelector("[data-dock]").hidden = big;
    if (this.element.parentElement === home) return;
    const focused = this.element.contains(document.activeElement);
    this.#big = big;
    this.element.classList.toggle("big", big);
    home.append(this.element);
    this.#parts.text.dataset.tPlaceholder = big ? "composer.first" : "composer.more";
    if (focused) this.focus();
    this.render();
  }

  focus() {
    this.#parts.text.focus({ preventScroll: true });
  }

  /** Show words as if they had been typed. */
  fill(text) {
    this.#parts.text.value = text;
    this.#typed();
  }

  async takePicture(file) {
    this.#trouble(null);
    this.element.dataset.uploading = "";
    this.#parts.attached.hidden = false;
    say(this.#parts.attachedWords, "composer.uploading");
    const answer = await uploadPicture(file, this.#state.server?.limits);
    delete this.element.dataset.uploading;
    if (answer.ok) this.#choice.setImage({ id: answer.id, thumbnail_url: answer.thumbnail_url });
    else this.#trouble(answer.error);
    this.render();
  }

  render() {
    const { text, send, stop, begin, waits, sendWords, auto, settings } = this.#parts;
    const live = this.#state.liveReply();
    const words = text.value.trim();
    const closed = Boolean(this.#state.conversation?.closed_at);
    text.disabled = closed;
    this.element.classList.toggle("closed", closed);
    text.placeholder = t(closed ? "composer.closed" : text.dataset.tPlaceholder);
    stop.hidden = !live;
    send.hidden = Boolean(live) || closed;
    begin.hidden = Boolean(live) || !closed;
    send.classList.toggle("ready", Boolean(words) || this.#big);
    this.element.classList.toggle("right-away", this.#choice.paintRightAway);
    const verb = this.#big ? (this.#choice.paintRightAway ? "composer.paint" : "composer.write") : "composer.send";
    label(send, verb);
    say(sendWords, verb);
    waits.hidden = this.#connection.status === "online" || this.#connection.status === "connecting" || !words;
    auto.checked = this.#choice.paintRightAway;
    settings.dataset.set = countOf(this.#choice.settings) || "";
    this.#showTemplate();
    this.#showImage();
  }

  // ---- Internal ----

  #listen() {
    const { text, file, stop, template, detach, describe, auto, troubleClose } = this.#parts;
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    text.addEventListener("input", () => this.#typed());
    text.addEventListener("keydown", (event) => this.#key(event));
    stop.addEventListener("click", () => this.#actions.stop());
    file.addEventListener("change", () => {
      if (file.files[0]) this.takePicture(file.files[0]);
      file.value = "";
    });
    template.addEventListener("click", () => this.open.picker());
    detach.addEventListener("click", () => this.#choice.setImage(null));
    describe.addEventListener("click", () => this.#describe());
    auto.addEventListener("change", () => this.#choice.setPaintRightAway(auto.checked));
    troubleClose.addEventListener("click", () => this.#trouble(null));
    watchForPictures(document, document.querySelector("[data-drop]"), (picture) => this.takePicture(picture));
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return; // the Enter of an input method
    const { text } = this.#parts;
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "ArrowUp" && !text.value) {
      const last = this.#state.turns().findLast((turn) => turn.message || turn.unsent);
      if (last) this.fill(last.said);
      event.preventDefault();
    }
  }

  #submit() {
    const { text } = this.#parts;
    const words = text.value.trim();
    if (!words) return this.focus();
    // Which conversation it belongs to, or how it is to be painted, is not known yet.
    this.#sendLater = this.#state.loading || this.#choice.version === null;
    if (this.#sendLater || this.#state.liveReply() || "uploading" in this.element.dataset) return null;
    const limit = this.#state.server?.limits?.text_chars;
    if (limit && words.length > limit) return this.#trouble({ code: "too_large", detail: {} });
    this.fill("");
    this.#trouble(null);
    return this.#actions.send(words);
  }

  #typed() {
    const { text } = this.#parts;
    tabStore.set("draft", text.value);
    text.style.height = "auto";
    const line = parseFloat(getComputedStyle(text).lineHeight);
    if (text.value) text.style.height = `${Math.min(text.scrollHeight, line * MOST_LINES + 18)}px`;
    else text.style.height = "";
    this.render();
  }

  #showTemplate() {
    const record = this.#choice.templateRecord();
    const { template, templatePicture, templateNone, templateName, templateShape } = this.#parts;
    template.hidden = !record;
    if (!record) return;
    templatePicture.hidden = !record.picture_url;
    templateNone.hidden = Boolean(record.picture_url);
    if (record.picture_url) templatePicture.src = record.picture_url;
    templateName.textContent = titleOf(record);
    templateShape.textContent = size(record.width, record.height);
  }

  #showImage() {
    if ("uploading" in this.element.dataset) return;
    const { attached, thumbnail, attachedWords, detach, describe } = this.#parts;
    const { image } = this.#choice;
    const needs = !image && this.#choice.templateRecord()?.mode === "img2img";
    attached.hidden = !image && !needs;
    thumbnail.hidden = detach.hidden = describe.hidden = !image;
    if (image) thumbnail.src = image.thumbnail_url;
    say(attachedWords, needs ? "composer.needs" : "composer.picture");
  }

  /** The picture's own words, behind what is typed already. */
  async #describe() {
    const { describe, text } = this.#parts;
    describe.disabled = true;
    say(describe, "composer.describing");
    const { ok, error, caption } = await this.#actions.describe(this.#choice.image.id);
    describe.disabled = false;
    say(describe, "composer.describe");
    this.#trouble(ok ? null : error);
    if (ok) this.fill([text.value.trim(), caption].filter(Boolean).join(", "));
    this.focus();
  }

  #trouble(error) {
    this.#parts.trouble.hidden = !error;
    this.#parts.troubleWords.textContent = error ? errorWords(error) : "";
  }
}
