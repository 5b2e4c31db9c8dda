// The template in the editor: what is saved, what it is now, and whether these differ. What is not saved is kept in this
// tab, so that a reload or a slip loses nothing. "open" is told for another template, "change" for each change of it.

import { tabStore } from "../preferences.js";
import { same } from "./compare.js";

const KEPT = "template_draft";
const LARGE = 500_000; // letters: a tab's storage holds about five million

export class Work extends EventTarget {
  place = null; // {folder, name}; null for one that has no file yet
  version = undefined;
  saved = null; // the file's JSON
  template = null; // as it stands in the form
  inputs = {}; // addresses of the file's own pictures
  picture = null;
  unread = {};

  /** Take up a template as the server told it. */
  open({ folder, name, version, template, inputs, picture }) {
    this.#take({ place: { folder, name }, version, saved: template, template: structuredClone(template) });
    Object.assign(this, { inputs: inputs ?? {}, picture: picture ?? null });
    this.#tell("open");
  }

  /** Take up one that is nowhere yet; `unread` is what of its source was not understood. */
  begin(template, unread = {}) {
    this.#take({ place: null, version: undefined, saved: null, template, unread });
    this.changed();
    this.#tell("open");
  }

  /** It was saved as this, by us: the form goes on. */
  keep({ folder, name, version, template, inputs, picture }) {
    Object.assign(this, { place: { folder, name }, version, saved: template, inputs: inputs ?? {}, unread: {} });
    this.picture = picture ?? null;
    this.template = structuredClone(template);
    tabStore.remove(KEPT);
    this.#tell("open");
  }

  close() {
    this.#take({ place: null, version: undefined, saved: null, template: null });
    tabStore.remove(KEPT);
    this.#tell("open");
  }

  /** The form wrote into `template`. */
  changed() {
    if (this.dirty) tabStore.set(KEPT, withoutLarge({ ...this.#what(), inputs: this.inputs }));
    else tabStore.remove(KEPT);
    this.#tell("change");
  }

  /** What was not saved when this tab was last open: true when there was something. */
  recall() {
    const kept = tabStore.get(KEPT);
    if (!kept) return false;
    this.#take(kept);
    this.inputs = kept.inputs ?? {};
    this.#tell("open");
    return true;
  }

  get dirty() {
    return this.template !== null && (this.saved === null || !same(this.saved, this.template));
  }

  // ---- Internal ----

  #what() {
    const { place, version, saved, template, unread } = this;
    return { place, version, saved, template, unread };
  }

  #take({ place, version, saved, template, unread = {} }) {
    Object.assign(this, { place, version, saved, template, unread, inputs: {}, picture: null });
  }

  #tell(type) {
    this.dispatchEvent(new CustomEvent(type));
  }
}

/** Pictures that would not fit into the tab's storage are left out; nothing else is that long. */
function withoutLarge(kept) {
  const json = JSON.stringify(kept, (_, value) => (typeof value === "string" && value.length > LARGE ? "" : value));
  return JSON.parse(json);
}
