// Questions before something is lost, and where a template shall lie. Each resolves with the answer, or null when the
// dialog was closed without one.

import { element, parts } from "../dom.js";
import { say, t, titleOf } from "../i18n.js";
import { freeName, nameProblem } from "./names.js";

export class Questions {
  #dialogs;
  #shelf;

  constructor({ dialogs, shelf }) {
    this.#dialogs = dialogs;
    this.#shelf = shelf;
  }

  /** `answers`: [value, key of its words, class of its button]; the last one is the one to be pressed by Enter. */
  ask(title, words, answers, values) {
    const dialog = this.#dialogs.open("question");
    const named = parts(dialog);
    say(named.title, title, values);
    say(named.words, words, values);
    return answered(dialog, (give) => {
      const buttons = answers.map(([value, key, extra = ""]) => {
        const button = element("button", { type: "button", className: `btn ${extra}`, textContent: t(key) });
        button.dataset.answer = value;
        button.addEventListener("click", () => give(value));
        return button;
      });
      named.answers.replaceChildren(...buttons);
      buttons.at(-1).focus();
    });
  }

  /** {folder, name} for a template: a free name where none is given. `taken` must not be used again. */
  place({ title, go, folder, name = "" }) {
    const dialog = this.#dialogs.open("place");
    const named = parts(dialog);
    say(named.title, title);
    say(named.go, go);
    say(named.hint, "templates.place.hint");
    named.placeFolder.replaceChildren(
      ...this.#shelf.folders.map((one) => element("option", { value: one.name, textContent: titleOf(one) })),
    );
    named.placeFolder.value = folder ?? this.#shelf.folder ?? "";
    named.placeName.value = name;
    this.#refuse(named, null);
    named.placeName.focus();
    return answered(dialog, (give) => {
      named.form.onsubmit = (event) => {
        event.preventDefault();
        const taken = this.#shelf.names(named.placeFolder.value);
        const wanted = named.placeName.value.trim() || freeName("template", taken);
        const problem = nameProblem(wanted) ?? (taken.includes(wanted) ? "problem.taken" : null);
        this.#refuse(named, problem);
        if (!problem) give({ folder: named.placeFolder.value, name: wanted });
      };
    });
  }

  // ---- Internal ----

  #refuse({ err, placeName }, problem) {
    err.hidden = !problem;
    placeName.setAttribute("aria-invalid", String(Boolean(problem)));
    if (!problem) return;
    say(err, problem);
    placeName.focus();
  }
}

/** Resolves with what `give` was called with, or null when the dialog closes before. */
function answered(dialog, listen) {
  return new Promise((resolve) => {
    let answer = null;
    dialog.addEventListener("close", () => resolve(answer), { once: true });
    listen((value) => {
      answer = value;
      dialog.close();
    });
  });
}
