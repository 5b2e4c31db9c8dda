// Painting a part of a picture anew: draw over what is to change, say what shall be there, paint. By pointer, or by the
// arrow keys and the space bar.

import { parts } from "./dom.js";
import { errorWords } from "./i18n.js";
import { Mask } from "./mask.js";

const STEP = 0.04; // of the picture's longer side, for an arrow key
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class RepaintView {
  #dialogs;
  #painting;
  #parts;
  #mask;
  #now = null;
  #cursor = null;

  constructor({ dialogs, painting }) {
    this.#dialogs = dialogs;
    this.#painting = painting;
    this.#parts = parts(dialogs.get("repaint"));
    this.#mask = new Mask(this.#parts.mask);
    this.#listen();
  }

  open(picture, job) {
    this.#now = { picture, job };
    const { image, prompt, strength, invert, trouble } = this.#parts;
    image.src = picture.url;
    image.width = picture.width;
    image.height = picture.height;
    prompt.value = job.prompt;
    strength.value = "0.75";
    invert.checked = false;
    trouble.hidden = true;
    this.#mask.start(picture);
    this.#moveTo({ x: picture.width / 2, y: picture.height / 2 });
    this.#dialogs.open("repaint");
    this.#arrange();
  }

  // ---- Internal ----

  #listen() {
    const { mask, undo, clear, form } = this.#parts;
    mask.addEventListener("pointerdown", (event) => {
      mask.setPointerCapture(event.pointerId);
      this.#mask.begin(this.#mask.at(event), this.#radius);
      this.#arrange();
    });
    mask.addEventListener("pointermove", (event) => {
      this.#moveTo(this.#mask.at(event));
      if (mask.hasPointerCapture(event.pointerId)) this.#mask.go(this.#mask.at(event));
    });
    mask.addEventListener("keydown", (event) => this.#key(event));
    undo.addEventListener("click", () => this.#change(() => this.#mask.undo()));
    clear.addEventListener("click", () => this.#change(() => this.#mask.clear()));
    this.#parts.size.addEventListener("input", () => this.#moveTo(this.#cursor));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#paint();
    });
  }

  /** The brush in the picture's pixels; the slider says per cent of its longer side. */
  get #radius() {
    const { width, height } = this.#now.picture;
    return (Math.max(width, height) * Number(this.#parts.size.value)) / 200;
  }

  #key(event) {
    const way = KEYS[event.key];
    if (!way && event.key !== " ") return;
    event.preventDefault();
    const { width, height } = this.#now.picture;
    const step = Math.max(width, height) * STEP;
    if (way) {
      const within = (value, most) => Math.min(most, Math.max(0, value));
      const { x, y } = this.#cursor;
      this.#moveTo({ x: within(x + way[0] * step, width), y: within(y + way[1] * step, height) });
    } else {
      this.#change(() => this.#mask.begin(this.#cursor, this.#radius));
    }
  }

  #moveTo(point) {
    this.#cursor = point;
    const { width, height } = this.#now.picture;
    const { brush } = this.#parts;
    brush.style.left = `${(point.x / width) * 100}%`;
    brush.style.top = `${(point.y / height) * 100}%`;
    brush.style.width = `${((2 * this.#radius) / width) * 100}%`;
  }

  #change(act) {
    act();
    this.#arrange();
  }

  #arrange() {
    const { undo, clear, paint } = this.#parts;
    undo.disabled = clear.disabled = paint.disabled = this.#mask.empty;
  }

  async #paint() {
    const { prompt, strength, invert, paint, trouble, troubleWords } = this.#parts;
    const { picture, job } = this.#now;
    paint.disabled = true;
    const error = await this.#painting.repaint(job, {
      prompt: prompt.value.trim(),
      image_id: picture.id,
      mask: await this.#mask.png(),
      overrides: { denoising_strength: Number(strength.value), ...(invert.checked && { inpainting_mask_invert: 1 }) },
    });
    paint.disabled = false;
    trouble.hidden = !error;
    if (error) troubleWords.textContent = errorWords(error);
    else this.#dialogs.close("repaint");
  }
}
