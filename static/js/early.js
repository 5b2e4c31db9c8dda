/* Runs before the first paint, as a classic script: the theme and the language the person chose, or the system's. */
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(`artbot.${key}`);
    } catch {
      return null;
    }
  };
  const theme = read("theme");
  const language = read("language") ?? navigator.language ?? "en";
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  root.lang = language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
})();
