// What this browser remembers: theme, language, template and "paint right away" for good; drafts and unsent messages for
// this tab. Everything works without storage, only shorter.

function open(name) {
  try {
    const storage = globalThis[name];
    storage.getItem("artbot");
    return storage;
  } catch {
    return null;
  }
}

class Kept {
  #storage;
  #fallback = new Map();

  constructor(storage) {
    this.#storage = storage;
  }

  get(key, otherwise = null) {
    const text = this.#storage ? this.#storage.getItem(`artbot.${key}`) : this.#fallback.get(key);
    if (text === null || text === undefined) return otherwise;
    try {
      return JSON.parse(text);
    } catch {
      return text; // plain words, such as the theme that early.js reads
    }
  }

  set(key, value) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    try {
      if (this.#storage) this.#storage.setItem(`artbot.${key}`, text);
      else this.#fallback.set(key, text);
    } catch {
      // The storage is full: the page goes on without remembering.
    }
  }

  remove(key) {
    this.#storage?.removeItem(`artbot.${key}`);
    this.#fallback.delete(key);
  }
}

export const browserStore = new Kept(open("localStorage"));
export const tabStore = new Kept(open("sessionStorage"));
