// What is read from a picture to guide the next ones by (ControlNet): module, model, weight, and a look at what the module
// makes of the picture in the composer.

import { element } from "./dom.js";
import { errorWords, say, t } from "./i18n.js";
import { guidesOf, namesOf } from "./settings.js";

export class GuideFields {
  elements = [];
  #context;
  #look = element("button", { className: "btn small", type: "button" });
  #box = element("div", { className: "guide-look" });
  #image = element("img", { hidden: true });
  #trouble = element("p", { className: "inline-err", hidden: true });
  #shown = null; // of which picture and module the map is

  /** `labelled(key, control, name)` and `select(names, value, set, first)` make the drawer's rows and lists. */
  constructor(context, backend, { labelled, select }) {
    this.#context = context;
    const guide = this.#guide;
    const weight = element("input", { type: "number", min: 0, max: 2, step: 0.05, value: guide.weight ?? "" });
    weight.placeholder = "1";
    weight.addEventListener("change", () => this.#set("weight", weight.value === "" ? "" : Number(weight.value)));
    const choose = (names, name) => select(names, guide[name], (value) => this.#set(name, value), "setting.none");
    this.elements = [
      labelled("setting.guide.module", choose(guidesOf(backend), "module"), "module"),
      labelled("setting.guide.model", choose(namesOf(backend, "controlnet_models"), "model"), "guide_model"),
      labelled("setting.guide.weight", weight, "weight"),
      this.#box,
    ];
    this.#look.dataset.look = "";
    this.#trouble.setAttribute("role", "alert");
    say(this.#look, "setting.guide.look");
    this.#look.addEventListener("click", () => this.#ask());
    this.#box.append(this.#look, this.#trouble, this.#image);
    this.arrange();
  }

  /** The look is offered while there is a picture and a module; a map of other ones goes. */
  arrange() {
    const asked = this.#asked;
    this.#box.hidden = !asked;
    if (this.#shown && asked !== this.#shown) this.#show(null, null);
  }

  // ---- Internal ----

  get #guide() {
    return this.#context.choice.settings.guide ?? {};
  }

  /** Picture and module as one text, or null. */
  get #asked() {
    const { image } = this.#context.choice;
    const { module } = this.#guide;
    return image && module ? `${image.id} ${module}` : null;
  }

  #set(name, value) {
    const { choice } = this.#context;
    const { [name]: _, ...others } = this.#guide;
    choice.setSettings({ ...choice.settings, guide: value === "" ? others : { ...others, [name]: value } });
  }

  async #ask() {
    if (this.#look.ariaDisabled === "true") return;
    const [asked, { image }, { module }] = [this.#asked, this.#context.choice, this.#guide];
    this.#look.ariaDisabled = "true";
    say(this.#look, "setting.guide.looking");
    const answer = await this.#context.actions.detect(image.id, module);
    this.#look.ariaDisabled = null;
    say(this.#look, "setting.guide.look");
    if (asked === this.#asked) this.#show(asked, answer);
  }

  #show(asked, answer) {
    const map = answer?.images?.[0];
    this.#shown = asked;
    this.#image.hidden = !map;
    this.#trouble.hidden = !answer || answer.ok;
    if (map) Object.assign(this.#image, { src: map.url, width: map.width, height: map.height, alt: t("setting.guide.map") });
    if (answer && !answer.ok) this.#trouble.textContent = errorWords(answer.error);
  }
}
