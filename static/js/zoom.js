// Zooming and moving one picture within its stage: buttons and keys by steps, wheel, double press, drag.
// 100 % is the picture's own size on this screen's pixels; "fit" is the whole picture in the stage.

const STEP = 1.4;
const MOST = 8;

export class Zoom {
  #stage;
  #image;
  #told;
  #factor = 1; // over the fitted size
  #x = 0;
  #y = 0;
  #picture = null;
  #grip = null;

  constructor(stage, image, told) {
    this.#stage = stage;
    this.#image = image;
    this.#told = told;
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    image.addEventListener("dblclick", () => (this.#factor > 1 ? this.reset() : this.by(2)));
    image.addEventListener("pointerdown", (event) => this.#press(event));
    image.addEventListener("pointermove", (event) => this.#move(event));
    image.addEventListener("pointerup", () => (this.#grip = null));
    addEventListener("resize", () => this.#picture && this.#apply());
  }

  /** Show a picture: its thumbnail at once, the file itself as soon as it is there. */
  show(picture) {
    this.#picture = picture;
    this.#image.src = picture.thumbnail_url;
    const whole = new Image();
    whole.src = picture.url;
    whole.decode().then(
      () => this.#picture === picture && (this.#image.src = picture.url),
      () => {},
    ); // the thumbnail stays
    this.reset();
  }

  by(steps) {
    this.#factor = Math.min(MOST, Math.max(1, this.#factor * STEP ** steps));
    this.#apply();
  }

  reset() {
    this.#factor = 1;
    this.#apply();
  }

  // ---- Internal ----

  #wheel(event) {
    event.preventDefault();
    this.by(event.deltaY < 0 ? 0.5 : -0.5);
  }

  #press(event) {
    if (this.#factor <= 1) return;
    event.preventDefault();
    this.#image.setPointerCapture(event.pointerId);
    this.#grip = { x: event.clientX - this.#x, y: event.clientY - this.#y };
  }

  #move(event) {
    if (!this.#grip) return;
    this.#x = event.clientX - this.#grip.x;
    this.#y = event.clientY - this.#grip.y;
    this.#apply();
  }

  #apply() {
    const { fitted, room } = this.#fit();
    const spareX = Math.max(0, (fitted.width * this.#factor - room.width) / 2);
    const spareY = Math.max(0, (fitted.height * this.#factor - room.height) / 2);
    this.#x = Math.min(spareX, Math.max(-spareX, this.#x));
    this.#y = Math.min(spareY, Math.max(-spareY, this.#y));
    this.#image.style.transform = `translate(${this.#x}px, ${this.#y}px) scale(${this.#factor})`;
    this.#image.classList.toggle("zoomed", this.#factor > 1);
    this.#told((fitted.width * this.#factor) / this.#picture.width);
  }

  /** The whole picture in the stage, inside its padding. On a phone the stage is as high as the picture. */
  #fit() {
    const style = getComputedStyle(this.#stage);
    const inner = this.#stage.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const most = style.maxHeight === "none" ? this.#stage.clientHeight : parseFloat(style.maxHeight);
    const { width, height } = this.#picture;
    const scale = Math.min(inner / width, most / height);
    const fitted = { width: width * scale, height: height * scale };
    this.#image.style.width = `${fitted.width}px`;
    this.#image.style.height = `${fitted.height}px`;
    return { fitted, room: { width: this.#stage.clientWidth, height: this.#stage.clientHeight } };
  }
}
