// The folders and templates there are, which folder is looked at, and what the backend offers. "change" is told when any
// of it changes, "trouble" when the list could not be had.

import { browserStore } from "../preferences.js";

export class Shelf extends EventTarget {
  folders = [];
  offers = {};
  folder = browserStore.get("folder");
  loaded = false;
  #api;

  constructor(api) {
    super();
    this.#api = api;
  }

  async load() {
    const answer = await this.#api.library();
    if (!answer.ok) return void this.#tell("trouble", answer.error);
    this.loaded = true;
    this.folders = answer.folders;
    this.offers = { ...answer.abilities, ...this.offers };
    if (!this.current) this.folder = this.folders[0]?.name ?? null;
    return void this.#tell("change");
  }

  /** The backend's longer lists; without them the abilities in the list of templates stand. */
  async loadOffers() {
    const answer = await this.#api.offers();
    if (!answer.ok) return;
    this.offers = { ...this.offers, ...answer };
    this.#tell("offers");
  }

  look(folder) {
    this.folder = folder;
    browserStore.set("folder", folder);
    this.#tell("change");
  }

  get current() {
    return this.folders.find((one) => one.name === this.folder) ?? null;
  }

  names(folder) {
    return this.folders.find((one) => one.name === folder)?.templates.map((one) => one.name) ?? [];
  }

  get count() {
    return this.folders.reduce((sum, folder) => sum + folder.templates.length, 0);
  }

  // ---- Internal ----

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
