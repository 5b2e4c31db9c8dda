// Asks after each connect for jobs whose end this page may have missed: a snapshot holds only the newest that have ended.

import { hasEnded } from "./jobs.js";

const MOST = 50; // ids in one question

export class Unheard {
  #connection;
  #state;

  constructor(connection, state) {
    this.#connection = connection;
    this.#state = state;
    state.addEventListener("snapshot", ({ detail }) => this.#ask(detail.jobs));
  }

  async #ask(told) {
    const named = new Set(told.map((job) => job.job_id));
    const missed = (job) => !hasEnded(job) && !named.has(job.job_id);
    const ids = [...this.#state.jobs.values()].filter(missed).map((job) => job.job_id);
    for (let at = 0; at < ids.length; at += MOST) {
      const ack = await this.#connection.ask("jobs", { job_ids: ids.slice(at, at + MOST) });
      if (ack.ok) this.#state.keep(ack);
    }
  }
}
