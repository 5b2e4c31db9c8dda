// Follows the end of the conversation, but only while the reader is at the end.

const NEAR_PX = 120;

export class Follower {
  #box;
  #following = true;

  constructor(box) {
    this.#box = box;
    box.addEventListener("scroll", () => (this.#following = this.#distance() < NEAR_PX), { passive: true });
  }

  /** Run a change of content; afterwards stay at the end if the reader was there. */
  keep(change) {
    const following = this.#following;
    change();
    if (following) this.toEnd();
  }

  toEnd() {
    this.#following = true;
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  toStart() {
    this.#following = false;
    this.#box.scrollTop = 0;
  }

  /** Move by so many pixels: what was added above stays above. */
  shift(pixels) {
    this.#box.scrollTop += pixels;
  }

  #distance() {
    return this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight;
  }
}
