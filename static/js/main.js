// Builds the page and wires it: the only file that knows all the others.

import { Actions } from "./actions.js";
import { at } from "./address.js";
import { Announcer } from "./announcer.js";
import { AutoPaint } from "./auto_paint.js";
import { BatchActions } from "./batch_actions.js";
import { Choice } from "./choice.js";
import { Connection } from "./connection.js";
import { ConversationActions } from "./conversation_actions.js";
import { Dialogs } from "./dialogs.js";
import { setLanguage, t, translate } from "./i18n.js";
import { listenForKeys } from "./keys.js";
import { Outbox } from "./outbox.js";
import { PaintingActions } from "./painting_actions.js";
import { Resumer } from "./resumer.js";
import { Follower } from "./scroll.js";
import { countOf } from "./settings.js";
import { State } from "./state.js";
import { Toast } from "./toast.js";
import { Unheard } from "./unheard.js";
import { CompareView } from "./view_compare.js";
import { ComposerView } from "./view_composer.js";
import { ConversationView } from "./view_conversation.js";
import { ConversationsView } from "./view_conversations.js";
import { FrameView } from "./view_frame.js";
import { ParametersView } from "./view_parameters.js";
import { PickerView } from "./view_picker.js";
import { RepaintView } from "./view_repaint.js";
import { SettingsView } from "./view_settings.js";
import { StripView } from "./view_strip.js";
import { ViewerView } from "./view_viewer.js";

setLanguage(document.documentElement.lang);
translate(document);

const state = new State();
const choice = new Choice();
const connection = new Connection(state);
const outbox = new Outbox(connection, state);
const actions = new Actions({ connection, state, choice, outbox });
const painting = new PaintingActions({ connection, state, choice });
const batches = new BatchActions({ connection, state });
const conversationActions = new ConversationActions({ connection, state, choice, outbox });
new Resumer(connection, state);
new Unheard(connection, state);
new AutoPaint({ state, choice, painting });
new Announcer(state);

const main = document.querySelector("main");
const dialogs = new Dialogs();
const toaster = new Toast();
const toast = (key) => toaster.say(key);

const open = {
  picker: () => dialogs.open("picker"),
  keys: () => dialogs.open("keys"),
  conversations: () => conversations.open(),
  parameters: (job) => parameters.open(job),
  settings: () => settings.open(),
  repaint: (picture, job) => repaint.open(picture, job),
  compare: (order) => compare.open(order),
  viewer: (pictureId) => viewer.open(pictureId),
};
const context = {
  state,
  choice,
  actions,
  painting,
  batches,
  conversationActions,
  connection,
  dialogs,
  open,
  toast,
  toastWords: (words) => toaster.show(words),
  follower: new Follower(main),
  previews: new Map(),
  pictureUrl: (id) => at(`/images/${encodeURIComponent(id)}/thumbnail`),
  startNew,
  editPrompt,
};

const frame = new FrameView({ ...context });
const composer = new ComposerView({ ...context });
const compare = new CompareView(context);
const conversation = new ConversationView({ state, context, root: main });
const conversations = new ConversationsView(context);
const parameters = new ParametersView(context);
const repaint = new RepaintView(context);
const settings = new SettingsView(context);
const viewer = new ViewerView(context);
const pickers = [
  new PickerView({ choice, home: document.querySelector("[data-hello-picker]") }),
  new PickerView({
    choice,
    home: document.querySelector("[data-dialog-picker]"),
    picked: () => dialogs.close("picker"),
  }),
];
const strip = new StripView({ state, main, scrollTo: (key) => conversation.scrollTo(key) });

/** Write a job's prompt anew, with the cursor in it. */
function editPrompt(turn) {
  painting.editPrompt(turn);
  conversation.lastPaintable().focus();
}

/**
 * The conversation ends above the composer, however much is written in it. When the composer loses a row with the focus
 * the room stays: what the focus goes to would move from under the finger.
 */
function makeRoom() {
  const dock = document.querySelector("[data-dock]");
  let room = 0;
  new ResizeObserver(() => {
    room = dock.contains(document.activeElement) ? dock.offsetHeight : Math.max(room, dock.offsetHeight);
    document.documentElement.style.setProperty("--dock", `${room}px`);
  }).observe(dock);
}

function startNew() {
  conversationActions.startNew();
  composer.focus();
}

/** The first visit and the conversation take turns; the composer goes with them. */
function arrange() {
  const empty = !state.loading && state.turns().length === 0;
  document.querySelector("[data-hello]").hidden = !empty;
  document.querySelector("[data-app]").dataset.scene = empty ? "hello" : "thread";
  composer.place(empty);
}

for (const type of ["turns", "view"]) state.addEventListener(type, arrange);
state.addEventListener("snapshot", ({ detail }) => actions.loadTemplates(detail.templates_version));
state.addEventListener("snapshot", () => countOf(choice.settings) && actions.backend());
state.addEventListener("snapshot", ({ detail }) =>
  document.documentElement.toggleAttribute("data-operator", detail.operator),
);
state.addEventListener("view", () => {
  const idle = document.activeElement === document.body && !dialogs.modal;
  if (idle && matchMedia("(pointer: fine)").matches) composer.focus();
});
state.addEventListener("use", () => composer.focus());
state.addEventListener("deleted", ({ detail }) => detail.here && toast("conversations.deleted"));
state.addEventListener("language", () => {
  for (const view of [frame, composer, conversation, strip, settings, compare]) view.render();
  for (const picker of pickers) picker.render(true);
});
document.addEventListener("click", ({ target }) => {
  const does = target.closest("[data-do]")?.dataset.do;
  if (does === "new") startNew();
  else if (does) open[does]();
  const example = target.closest("[data-example]")?.dataset.example;
  if (example) actions.send(t(example));
});

arrange();
makeRoom();
listenForKeys({ dialogs, actions, composer, conversation, open });
connection.open();
