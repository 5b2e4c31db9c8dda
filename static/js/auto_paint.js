// "Paint right away", changed while the prompt is still being written: on paints it at its end, off leaves the line again.
// A message sent with the switch on needs nothing of this; the server paints it by itself.

export class AutoPaint {
  #wanted = new Map(); // message_id -> what the switch said last

  constructor({ state, choice, painting }) {
    state.addEventListener("finished", ({ detail: event }) => {
      const wanted = this.#wanted.get(event.message_id);
      this.#wanted.delete(event.message_id);
      if (wanted === true && event.prompt && !event.job_id) this.#paint(event, state, painting);
      if (wanted === false && event.job_id) painting.cancel({ job_id: event.job_id });
    });
    choice.addEventListener("change", () => {
      const live = state.liveReply();
      if (live && choice.paintRightAway !== this.#last) this.#wanted.set(live.message_id, choice.paintRightAway);
      this.#last = choice.paintRightAway;
    });
    this.#last = choice.paintRightAway;
  }

  #last;

  #paint(event, state, painting) {
    const message = state.messages.find((one) => one.role === "user" && one.message_id === event.message_id);
    painting.paintReply(event, message);
  }
}
