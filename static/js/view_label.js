// The label of a turn: the person's words as its title, template and time, then the prompt, its tools and the facts.

import { element, fillFacts, icon, copyText } from "./dom.js";
import { clock, isLong, ownWords, size } from "./format.js";
import { currentLanguage, localeTag, say, t, titleOf } from "./i18n.js";

const WRITING = new Set(["sending", "writing", "prompt", "candidates"]);
const PAINTED = new Set(["queued", "painting", "pictures", "trouble"]);

const SAID_LINES = 6; // of about 25 letters in the label's title face; longer words are set smaller

export class Label {
  #parts;
  #context;
  #turn = null;
  #edit;
  #copy;

  constructor(named, context) {
    this.#parts = named;
    this.#context = context;
    this.#edit = tool("edit", "turn.edit");
    this.#copy = tool("copy", "copy");
    this.#edit.addEventListener("click", () => context.editPrompt(this.#turn));
    this.#copy.addEventListener("click", () => this.#copyPrompt());
    named.tools.append(this.#edit, this.#copy);
    named.change.addEventListener("click", () => context.open.picker(named.change));
    for (const words of [named.said, named.words])
      words.addEventListener("click", () => words.classList.toggle("clamp"));
  }

  update(turn) {
    this.#turn = turn;
    this.#parts.said.textContent = turn.said;
    this.#parts.said.toggleAttribute("data-long", isLong(turn.said, SAID_LINES));
    this.#by(turn);
    this.#from(turn);
    this.#words(turn);
    this.#with(turn);
    this.#facts(turn);
  }

  // ---- Internal ----

  #by({ message, unsent, job, batch, phase }) {
    const made = job ?? message ?? unsent ?? {};
    const template = this.#context.choice.templateRecord(made.folder, made.template);
    const items = template && !batch && phase !== "talk" ? [element("span", { textContent: titleOf(template) })] : [];
    const at = (job ?? batch ?? message)?.created_at;
    if (at)
      items.push(element("time", { dateTime: new Date(at * 1000).toISOString(), textContent: clock(at, localeTag()) }));
    if (phase === "pictures")
      items.push(element("span", { textContent: t("turn.pictures", { n: job.images.length }) }));
    if (batch) items.push(element("span", { textContent: t("batch.total", { n: batch.total }) }));
    this.#parts.by.replaceChildren(...items);
  }

  #from({ message, unsent, job, draft }) {
    const id = (job ?? draft ?? message ?? unsent)?.image_id;
    this.#parts.from.hidden = !id;
    if (id) this.#parts.fromPicture.src = this.#context.pictureUrl(id);
  }

  #words({ said, job, batch, reply, phase }) {
    const { words, tools, hint } = this.#parts;
    const painted = PAINTED.has(phase);
    const shown = { batch: batch?.prompt, prompt: reply?.content };
    const text = painted ? job.prompt : (shown[phase] ?? "");
    words.hidden = !(painted || (batch && text !== said) || (reply?.prompt && reply.prompt !== text && text));
    words.textContent = text;
    words.lang = /\p{Script=Han}/u.test(text) ? "zh" : "en";
    words.toggleAttribute("data-reply", painted || phase in shown);
    tools.hidden = !painted;
    const hintKey = { writing: "turn.writing.hint", prompt: this.#promptHint(), candidates: "turn.candidates.hint" }[phase];
    hint.hidden = !hintKey;
    if (hintKey) say(hint, hintKey);
  }

  #promptHint() {
    const { said, draft, job, reply } = this.#turn;
    const prompt = (draft ?? job ?? reply)?.prompt ?? "";
    return ownWords(said, prompt).length ? "turn.prompt.own" : "turn.prompt.hint";
  }

  #with({ phase }) {
    const template = this.#context.choice.templateRecord();
    const named = this.#parts;
    named.with.hidden = !template || !WRITING.has(phase);
    if (!template) return;
    named.withPicture.src = template.picture_url ?? "";
    named.withPicture.hidden = !template.picture_url;
    named.withName.textContent = titleOf(template);
    named.withShape.textContent = t("template.shape", {
      size: size(template.width, template.height),
      steps: template.steps,
    });
  }

  #facts({ job, phase }) {
    this.#parts.facts.hidden = !["painting", "pictures"].includes(phase);
    if (this.#parts.facts.hidden) return;
    const took = job.ended_at && job.started_at ? (job.ended_at - job.started_at).toFixed(1) : null;
    const seeds = job.images.map((picture) => picture.seed).filter((seed) => seed !== null && seed !== undefined);
    const facts = [
      ["fact.template", titleOf(this.#context.choice.templateRecord(job.folder, job.template)) || job.template],
      ["fact.size", size(job.images[0]?.width ?? job.width, job.images[0]?.height ?? job.height)],
      ["fact.seed", seeds.length ? String(seeds[0]) : ""],
      ["fact.painter", job.backend ?? ""],
      ["fact.took", took ? t("fact.took.value", { n: Number(took).toLocaleString(currentLanguage()) }) : ""],
    ];
    fillFacts(
      this.#parts.facts,
      facts.filter(([, value]) => value).map(([key, value]) => [t(key), value]),
    );
  }

  async #copyPrompt() {
    const done = await copyText(this.#turn.job.prompt);
    this.#context.toast(done ? "copied" : "copy.failed");
  }
}

function tool(name, key) {
  const words = element("span");
  say(words, key);
  return element("button", { type: "button", className: "btn plain small" }, icon(name, "s"), words);
}
