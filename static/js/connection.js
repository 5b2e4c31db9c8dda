// The only file that knows socket.io: asks go out and wait for their ack, facts come in and are handed to state.
// `status` is connecting, online, reconnecting, offline or refused; a change is told as a "status" event.

import { at } from "./address.js";
import { io } from "../vendor/socket.io-4.8.4.esm.min.js";

const FACTS = [
  "session",
  "user_message",
  "conversation",
  "conversation_deleted",
  "message",
  "gpt_chat",
  "chat_error",
  "chat_continued",
  "job",
  "queue",
  "progress",
  "images",
  "batch",
  "server",
];
const ACK_TIMEOUT_MS = 10_000; // the server acks within a second; a lost one is asked again after the next snapshot
const QUIET_MS = 1_000; // shorter gaps are not worth a word
const OFFLINE_AFTER_FAILURES = 3;

export class Connection extends EventTarget {
  status = "connecting";
  error = null;
  #socket;
  #failures = 0;
  #quiet = null;

  constructor(state) {
    super();
    this.#socket = io({
      autoConnect: false,
      path: at("/socket.io"),
      auth: { images: "url" },
      transports: ["websocket", "polling"],
      tryAllTransports: true,
    });
    for (const name of FACTS) this.#socket.on(name, (data) => this.#take(state, name, data));
    this.#socket.on("disconnect", (reason) => this.#lost(reason));
    this.#socket.on("connect_error", (error) => this.#refused(error));
    addEventListener("offline", () => this.#become("offline"));
    addEventListener("online", () => this.retry());
  }

  // ---- Lifecycle ----

  open() {
    this.#socket.connect();
  }

  retry() {
    this.#failures = 0;
    if (this.status !== "online") this.#become("reconnecting");
    this.#socket.disconnect().connect();
  }

  // ---- Actions ----

  /**
   * Ask and wait for the ack. Never throws: what cannot be asked is answered {ok: false, error: {code: "offline"}}. What
   * is asked while the page is still connecting goes out as soon as it has connected.
   */
  async ask(event, data = {}, timeoutMs = ACK_TIMEOUT_MS) {
    if (!(await this.#connected())) return { ok: false, error: { code: "offline", message: "", detail: {} } };
    try {
      return await this.#socket.timeout(timeoutMs).emitWithAck(event, data);
    } catch {
      return { ok: false, error: { code: "offline", message: "", detail: {} } };
    }
  }

  // ---- Internal ----

  /** Whether there is a connection, as soon as that is known. */
  #connected() {
    if (this.#socket.connected || !["connecting", "online"].includes(this.status)) return this.#socket.connected;
    return new Promise((resolve) => {
      const settle = () => resolve(this.#socket.connected);
      this.#socket.once("connect", settle);
      this.addEventListener("status", settle, { once: true });
    });
  }

  #take(state, name, data) {
    if (name === "session") {
      this.#failures = 0;
      this.error = null;
      this.#become("online");
    }
    state.apply(name, data);
  }

  #lost(reason) {
    if (reason === "io client disconnect") return;
    this.#waitQuietly();
    if (reason === "io server disconnect") setTimeout(() => this.#socket.connect(), QUIET_MS);
  }

  #refused(error) {
    if (error.data?.code || error.data?.error) {
      this.error = error.data.error ?? error.data;
      this.#become("refused");
      return;
    }
    this.#failures += 1;
    if (!navigator.onLine || this.#failures >= OFFLINE_AFTER_FAILURES) this.#become("offline");
    else this.#waitQuietly();
  }

  #waitQuietly() {
    if (this.status === "offline" || this.#quiet) return;
    this.#quiet = setTimeout(() => this.#become("reconnecting"), QUIET_MS);
  }

  #become(status) {
    clearTimeout(this.#quiet);
    this.#quiet = null;
    if (status === this.status) return;
    this.status = status;
    this.dispatchEvent(new CustomEvent("status"));
  }
}
