// The filmstrip at the right edge of a wide window: every turn by its picture, the one on view ringed.

import { element } from "./dom.js";
import { t } from "./i18n.js";
import { picturesOf } from "./turns.js";

const MOST = 12; // what fits beside the work; older turns are reached by scrolling

export class StripView {
  #box = document.querySelector("[data-strip]");
  #state;
  #main;
  #turns = [];

  constructor({ state, main, scrollTo }) {
    this.#state = state;
    this.#main = main;
    this.scrollTo = scrollTo;
    state.addEventListener("turns", () => this.render());
    main.addEventListener("scroll", () => this.#mark(), { passive: true });
  }

  render() {
    this.#turns = this.#state.turns().slice(-MOST);
    this.#box.hidden = this.#turns.length < 2;
    this.#box.replaceChildren(...this.#turns.map((turn, n) => this.#item(turn, n)));
    this.#mark();
  }

  #item(turn, n) {
    const picture = picturesOf([turn])[0]?.picture.thumbnail_url;
    const inside = picture
      ? Object.assign(new Image(), { src: picture, alt: "" })
      : element("span", { className: "blank" });
    const button = element(
      "button",
      { type: "button", ariaLabel: t("conversation.turn", { n: n + 1, said: turn.said }) },
      inside,
    );
    button.addEventListener("click", () => this.scrollTo(turn.key));
    return button;
  }

  #mark() {
    const middle = this.#main.getBoundingClientRect().top + this.#main.clientHeight * 0.5;
    const turns = [...this.#main.querySelectorAll("[data-turn]")].slice(-MOST);
    const at = turns.findLastIndex((turn) => turn.getBoundingClientRect().top < middle);
    [...this.#box.children].forEach((button, n) =>
      n === at ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current"),
    );
  }
}
