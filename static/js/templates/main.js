// Builds the page of templates and wires it: the only file that knows all the others.

import { Connection } from "../connection.js";
import { Dialogs } from "../dialogs.js";
import { addWords, setLanguage, t, translate } from "../i18n.js";
import { Look } from "../look.js";
import { Toast } from "../toast.js";
import { en } from "../words/templates_en.js";
import { zh } from "../words/templates_zh.js";
import * as api from "./api.js";
import { Desk } from "./desk.js";
import { Questions } from "./questions.js";
import { Session } from "./session.js";
import { Shelf } from "./shelf.js";
import { CompareView } from "./view_compare.js";
import { EditorView } from "./view_editor.js";
import { FolderView } from "./view_folder.js";
import { FromView } from "./view_from.js";
import { LibraryView } from "./view_library.js";
import { Work } from "./work.js";

addWords({ en, zh });
setLanguage(document.documentElement.lang);
translate(document);

const session = new Session();
const shelf = new Shelf(api);
const work = new Work();
const connection = new Connection(session);
const dialogs = new Dialogs();
const toaster = new Toast();
const toast = (words) => toaster.show(words);
const questions = new Questions({ dialogs, shelf });
const saveForm = () => editor.save();
const desk = new Desk({ api, shelf, work, questions, toast, saveForm });

const open = {
  folder: (folder) => folderView.open(folder),
  from: () => from.open(),
  compare: () => compare.open(),
  card: (place) => library.focusCard(place),
};
const context = { api, session, shelf, work, connection, dialogs, questions, toast, desk, open };
const library = new LibraryView(context);
const editor = new EditorView(context);
const folderView = new FolderView(context);
const from = new FromView(context);
const compare = new CompareView(context);

function nameWindow() {
  document.title = `${t("templates.title")} · Art Bot`;
}

new Look({
  toast: (key) => toaster.say(key),
  changed: () => {
    nameWindow();
    library.render();
    editor.render();
  },
});
session.addEventListener("templates", async () => {
  await shelf.load();
  if (session.operator) shelf.loadOffers();
});
session.addEventListener("visitor", begin, { once: true });

/** What the address asks for, or what was left unsaved in this tab. */
function begin() {
  const asked = new URLSearchParams(location.search);
  history.replaceState(null, "", location.pathname);
  if (work.recall()) return toast(t("editor.recalled"));
  if (asked.has("job") && session.operator) return fromJob(asked.get("job"));
  if (asked.has("template")) return desk.open(asked.get("folder"), asked.get("template"));
  return undefined;
}

async function fromJob(job_id) {
  const error = await desk.createFrom({ job_id });
  if (error) toast(error.message);
}

nameWindow();
library.render();
connection.open();
