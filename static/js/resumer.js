// Asks the server for replies with a gap: one at a time, with a pause of a second (docs/protocol.md, "Resume").

const PAUSE_MS = 1_000;

export class Resumer {
  #connection;
  #state;
  #waiting = new Set();
  #running = false;

  constructor(connection, state) {
    this.#connection = connection;
    this.#state = state;
    state.addEventListener("gap", ({ detail }) => this.want(detail.reply_id));
  }

  want(replyId) {
    this.#waiting.add(replyId);
    if (!this.#running) this.#run();
  }

  async #run() {
    this.#running = true;
    for (const replyId of this.#waiting) {
      const answer = await this.#connection.ask("resume", { reply_id: replyId });
      this.#waiting.delete(replyId);
      if (answer.ok) this.#state.resumed(answer);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    this.#running = false;
  }
}
