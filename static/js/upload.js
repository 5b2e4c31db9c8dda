// Sends a picture to the server: from the button, dropped on the page, or pasted. The cookie says who it is from.

import { at } from "./address.js";

const UPLOAD_PATH = at("/api/v1/images");

/** Resolves with {ok: true, id, url, thumbnail_url, width, height} or {ok: false, error}. */
export async function uploadPicture(file, limits) {
  if (limits?.upload_bytes && file.size > limits.upload_bytes)
    return { ok: false, error: { code: "too_large", detail: {} } };
  const form = new FormData();
  form.append("image", file);
  try {
    const response = await fetch(UPLOAD_PATH, { method: "POST", body: form, credentials: "same-origin" });
    const answer = await response.json();
    if (answer.ok) return answer;
    const unreadable = answer.error.code === "bad_request" && answer.error.detail?.field === "image";
    return { ok: false, error: unreadable ? { ...answer.error, code: "not_a_picture" } : answer.error };
  } catch {
    return { ok: false, error: { code: "upload_failed", detail: {} } };
  }
}

const firstPicture = (items) => [...(items ?? [])].find((file) => file.type.startsWith("image/"));

/** Call `take(file)` for a picture that is dropped or pasted anywhere; `hint` is shown while one is dragged over. */
export function watchForPictures(target, hint, take) {
  let depth = 0;
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  const show = (change) => {
    depth = Math.max(0, depth + change);
    hint.hidden = depth === 0;
  };
  target.addEventListener("dragenter", (event) => holdsFiles(event) && show(1));
  target.addEventListener("dragleave", (event) => holdsFiles(event) && show(-1));
  target.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  target.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(-depth);
    const file = firstPicture(event.dataTransfer.files);
    if (file) take(file);
  });
  target.addEventListener("paste", (event) => {
    const file = firstPicture(event.clipboardData?.files);
    if (!file) return;
    event.preventDefault();
    take(file);
  });
}
