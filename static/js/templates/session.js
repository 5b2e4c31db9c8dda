// What the templates' page hears over the socket: whether this visitor may change things, and how a test is getting on.
// Told as events: "visitor", "templates" (the files changed), "job", "progress", "images".

export class Session extends EventTarget {
  operator = false;
  welcomed = false;
  #version = null;

  apply(name, data) {
    if (name === "session") this.#welcome(data);
    else if (["job", "progress", "images"].includes(name)) this.#tell(name, data);
  }

  // ---- Internal ----

  #welcome({ operator, templates_version: version }) {
    this.operator = operator;
    this.welcomed = true;
    this.#tell("visitor");
    if (version !== this.#version) this.#tell("templates");
    this.#version = version;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
