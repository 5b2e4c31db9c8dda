// Where this server is below its site: the page may be served under a path of another one.

const own = new URL("../..", import.meta.url);
const root = own.protocol.startsWith("http") ? own.pathname.replace(/\/$/, "") : "";

/** An address of this server, which begins with "/", as the browser has to ask for it. */
export const at = (path) => root + path;
