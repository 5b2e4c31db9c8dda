// Phrases made of figures, in the reader's language.

import { t } from "./i18n.js";

/** "40 s" or "2 min"; empty when nobody knows. */
export function etaWords(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 90) return t("eta.seconds", { n: Math.max(1, Math.round(seconds)) });
  return t("eta.minutes", { n: Math.round(seconds / 60) });
}
