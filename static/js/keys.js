// Keys that work anywhere on the page; single letters only outside fields and dialogs. The list a person sees is in
// index.html, in the dialog "keys".

const inField = (target) => target.closest?.("input, textarea, select, [contenteditable]") !== null;

export function listenForKeys({ dialogs, actions, composer, conversation, open }) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || dialogs.modal) return;
    if (event.key === "Escape") return void (actions.stop() ?? dialogs.beside?.close());
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return void paintLast(event, conversation);
    if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
    const does = {
      n: () => composer.focus(),
      c: () => open.conversations(),
      t: () => open.picker(),
      "?": () => open.keys(),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });
}

function paintLast(event, conversation) {
  if (event.target.closest?.("[data-prompt], [data-negative]")) return; // the sheet paints itself
  conversation.lastPaintable()?.paint();
}
