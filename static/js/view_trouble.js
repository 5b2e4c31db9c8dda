// A reply that is talk, and a sheet that could not be filled: what happened in words, what to do, details folded.

import { clone, parts } from "./dom.js";
import { errorWords, hasWords, say } from "./i18n.js";
import { canGoOn } from "./replies.js";

export class TalkSheet {
  element = clone("sheet-talk");

  update({ reply }) {
    const text = this.element.querySelector("[data-reply]");
    text.textContent = reply.content;
    text.lang = /\p{Script=Han}/u.test(reply.content) ? "zh" : "en";
  }
}

export class TroubleSheet {
  element = clone("sheet-trouble");
  #parts = parts(this.element);
  #turn = null;

  constructor({ actions, painting, editPrompt, toastWords }) {
    const { goOn, again, edit, takeBack } = this.#parts;
    goOn.addEventListener("click", async () => {
      const error = await actions.goOn(this.#turn.reply);
      if (error) toastWords(errorWords(error));
    });
    again.addEventListener("click", () => this.#again(actions, painting));
    edit.addEventListener("click", () => editPrompt(this.#turn));
    takeBack.addEventListener("click", () => actions.takeBack(this.#turn.unsent));
  }

  update(turn) {
    this.#turn = turn;
    const { title, advice, kept, goOn, again, edit, takeBack, details, detailWords } = this.#parts;
    const error = turn.unsent?.error ?? turn.job?.error ?? turn.reply?.error ?? { code: "interrupted" };
    title.textContent = errorWords(error);
    const fault = error.detail?.fault;
    say(advice, hasWords(`trouble.${fault}`) ? `trouble.${fault}` : "trouble.server");
    kept.hidden = !(turn.phase === "broken" && turn.reply?.content);
    kept.textContent = kept.hidden ? "" : turn.reply.content;
    goOn.hidden = !(turn.phase === "broken" && canGoOn(turn.reply));
    goOn.toggleAttribute("data-next", !goOn.hidden);
    again.toggleAttribute("data-next", goOn.hidden);
    again.classList.toggle("paint", goOn.hidden); // one button is the main one
    edit.hidden = turn.phase !== "trouble";
    takeBack.hidden = turn.phase !== "refused";
    details.hidden = !error.message;
    detailWords.textContent = [error.code, turn.job?.backend, error.message].filter(Boolean).join(" · ");
  }

  #again(actions, painting) {
    const { phase, unsent, job, said } = this.#turn;
    if (phase === "refused") return actions.sendAgain(unsent.message_id);
    if (phase === "trouble") return painting.again(job);
    return actions.send(said);
  }
}
