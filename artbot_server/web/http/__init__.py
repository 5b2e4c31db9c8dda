"""The HTTP API for PHP, Java and curl: one module an area, each with a table of its routes."""

from artbot_server.web.http import article, deliveries, images

ROUTES = (*article.ROUTES, *deliveries.ROUTES, *images.ROUTES)
"""The whole table, for `web/wsgi`."""
