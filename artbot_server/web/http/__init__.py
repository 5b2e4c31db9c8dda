"""The HTTP API for PHP, Java and curl: one module an area, each with a table of its routes."""

from artbot_server.web.http import article, images, template_trials

ROUTES = (*article.ROUTES, *images.ROUTES, *template_trials.ROUTES)
"""The whole table, for `web/wsgi`."""
