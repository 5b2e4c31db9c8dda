// The film below a picture seen full size: every picture it can be exchanged for, small.

import { element } from "./dom.js";
import { t } from "./i18n.js";

/** Fill `box` with a button for each of `shown`; a press calls `go` with its number. One picture needs no film. */
export function showFilm(box, shown, go) {
  box.hidden = shown.length < 2;
  const buttons = shown.map(({ picture }, n) => {
    const image = Object.assign(new Image(), { src: picture.thumbnail_url, alt: "", loading: "lazy" });
    const button = element("button", { type: "button", ariaLabel: t("viewer.picture", { n: n + 1 }) }, image);
    button.addEventListener("click", () => go(n));
    return button;
  });
  box.replaceChildren(...buttons);
}
