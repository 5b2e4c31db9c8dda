// The page's <dialog> elements: opened as modals (focus goes in, stays in, comes back), closed by Esc, their own button,
// or a press beside them. The parameters stand beside the work on a wide window instead of over it.

const WIDE = matchMedia("(min-width: 1180px)");

export class Dialogs {
  #root = document.documentElement;

  constructor() {
    for (const dialog of document.querySelectorAll("dialog")) {
      dialog.addEventListener("click", (event) => {
        const beside = event.target === dialog && !("keep" in dialog.dataset); // what was typed is not lost by a slip
        if (beside || event.target.closest("[data-close]")) this.close(dialog.dataset.dialog);
      });
      dialog.addEventListener("close", () => this.#closed(dialog));
      dialog.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !dialog.matches(":modal")) dialog.close();
      });
    }
  }

  get(name) {
    return document.querySelector(`dialog[data-dialog="${name}"]`);
  }

  open(name) {
    const dialog = this.get(name);
    if (dialog.open) return dialog;
    const beside = name === "parameters" && WIDE.matches;
    if (beside) {
      dialog.returnTo = document.activeElement;
      dialog.show();
      this.#root.dataset.beside = name;
    } else {
      dialog.showModal();
    }
    return dialog;
  }

  close(name) {
    this.get(name).close();
  }

  /** The open dialog that holds the keyboard, or null. */
  get modal() {
    return document.querySelector("dialog:modal");
  }

  /** The dialog that stands beside the work, or null. */
  get beside() {
    return this.get(this.#root.dataset.beside ?? "");
  }

  #closed(dialog) {
    if (this.#root.dataset.beside !== dialog.dataset.dialog) return;
    delete this.#root.dataset.beside;
    dialog.returnTo?.focus?.();
  }
}
