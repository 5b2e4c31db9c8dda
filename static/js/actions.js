// What a person can do by talking, as one function each: asks the server and tells state. Views call these and know no
// event names. Painting is in `painting_actions`, whole conversations are in `conversation_actions`.

const IDEAS = 3;
const LOOK_TIMEOUT_MS = 180_000; // the painter may have to load what it looks with first

export class Actions {
  #connection;
  #state;
  #choice;
  #outbox;

  constructor({ connection, state, choice, outbox }) {
    this.#connection = connection;
    this.#state = state;
    this.#choice = choice;
    this.#outbox = outbox;
  }

  // ---- Talking ----

  send(text) {
    const { folder, template, image, paintRightAway: paint } = this.#choice;
    const { overrides, guided } = this.#choice.overrides();
    const message = {
      text,
      paint,
      ...(folder && { folder }),
      ...(template && { template }),
      ...(image && !guided && { image_id: image.id }),
      ...(paint && Object.keys(overrides).length && { overrides }),
    };
    this.#choice.setImage(null);
    return this.#outbox.add(message);
  }

  /** The same words again, for several prompts to choose from. */
  ideas({ said, message }) {
    const { folder, template, image } = this.#choice;
    const from = message?.image_id ?? image?.id;
    const ask = { text: said, candidates: IDEAS, paint: false };
    return this.#outbox.add({
      ...ask,
      ...(folder && { folder }),
      ...(template && { template }),
      ...(from && { image_id: from }),
    });
  }

  stop() {
    const live = this.#state.liveReply();
    if (live) return this.#connection.ask("stop_chat", { reply_id: live.reply_id });
    return null;
  }

  /** Have a reply written on that ended too early. Returns the error, or null. */
  async goOn({ reply_id }) {
    const ack = await this.#connection.ask("continue_chat", { reply_id });
    return ack.ok ? null : ack.error;
  }

  sendAgain(messageId) {
    return this.#outbox.retry(messageId);
  }

  takeBack({ message_id: messageId }) {
    this.#outbox.remove(messageId);
  }

  /** The next message or prompt starts from this picture. */
  use(picture) {
    this.#choice.setImage({ id: picture.id, thumbnail_url: picture.thumbnail_url });
    this.#state.tell("use");
  }

  /** What is to be seen in a picture, as words for a prompt: the ack's `caption`. */
  describe(imageId) {
    return this.#connection.ask("interrogate", { image_id: imageId }, LOOK_TIMEOUT_MS);
  }

  /** What a ControlNet module reads from a picture: the ack's `images`. */
  detect(imageId, module) {
    return this.#connection.ask("detect", { image_id: imageId, module }, LOOK_TIMEOUT_MS);
  }

  // ---- What can be chosen ----

  /** What the painters offer; the answer is kept for reading the settings. */
  async backend() {
    const ack = await this.#connection.ask("backend");
    if (ack.ok) this.#choice.setBackend(ack);
    return ack;
  }

  /** Fetch the folders and templates unless this version is here. */
  async loadTemplates(version) {
    if (version === this.#choice.version) return;
    const ack = await this.#connection.ask("templates");
    if (ack.ok) this.#choice.setCatalogue(ack);
  }
}
