// The reference of the HTTP API: Swagger UI over its description, which lies beside the page. It asks with the page's cookies.

import { at } from "./address.js";

window.SwaggerUIBundle({
  url: at("/api/v1/openapi.json"),
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
