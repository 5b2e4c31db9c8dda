// What the next picture is made with: folder, template, a picture to start from, settings, and whether to paint right away.
// Remembers the choice in this browser; "change" is told when any of it changes.

import { browserStore, tabStore } from "./preferences.js";
import { overridesOf } from "./settings.js";

export class Choice extends EventTarget {
  version = null;
  catalogue = []; // folders with their templates, from the ack of `templates`
  folder = browserStore.get("folder");
  template = browserStore.get("template");
  image = tabStore.get("image"); // {id, thumbnail_url}
  settings = tabStore.get("settings", {});
  backend = null; // what the painters offer, from the ack of `backend`
  paintRightAway = browserStore.get("paint", false);

  setCatalogue({ version, folders }) {
    this.version = version;
    this.catalogue = folders;
    if (!this.templateRecord()) this.#first();
    this.#tell();
  }

  choose(folder, template) {
    if (!folder) return;
    this.folder = folder;
    this.template = template ?? this.#usable(this.folderRecord())?.name ?? null;
    browserStore.set("folder", this.folder);
    browserStore.set("template", this.template);
    this.#tell();
  }

  setImage(image) {
    this.image = image;
    if (image) tabStore.set("image", image);
    else tabStore.remove("image");
    this.#tell();
  }

  setSettings(settings) {
    this.settings = settings;
    tabStore.set("settings", settings);
    this.#tell();
  }

  setBackend(backend) {
    this.backend = backend;
    this.#tell();
  }

  /** What `generate` gets beside its words: {overrides, guided}. */
  overrides() {
    return overridesOf(this.settings, { template: this.templateRecord(), image: this.image, backend: this.backend });
  }

  setPaintRightAway(on) {
    this.paintRightAway = on;
    browserStore.set("paint", on);
    this.#tell();
  }

  folderRecord(name = this.folder) {
    return this.catalogue.find((folder) => folder.name === name) ?? null;
  }

  templateRecord(folder = this.folder, template = this.template) {
    return this.folderRecord(folder)?.templates.find((one) => one.name === template && !one.broken) ?? null;
  }

  #first() {
    const folder = this.folderRecord() ?? this.catalogue.find((one) => this.#usable(one));
    if (folder) this.choose(folder.name, this.#usable(folder)?.name);
  }

  #usable(folder) {
    return folder?.templates.find((one) => !one.broken) ?? null;
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
