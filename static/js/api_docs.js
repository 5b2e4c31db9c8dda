// The reference of the HTTP API: Swagger UI over /api/v1/openapi.json. It asks with the page's own cookies.

window.SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
