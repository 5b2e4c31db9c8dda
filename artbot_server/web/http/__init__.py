"""The HTTP API for PHP, Java and curl: one module an area, each with a table of its routes."""

from artbot_server.web.http import article, backend, images

ROUTES = (*article.ROUTES, *backend.ROUTES, *images.ROUTES)
"""The whole table, for `web/wsgi`."""
