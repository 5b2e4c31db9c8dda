"""The HTTP API for PHP, Java and curl: one module an area, each with a table of its routes."""

from artbot_server.web.http import article, backend, images, template_folders, template_trials, templates

ROUTES = (
    *article.ROUTES,
    *backend.ROUTES,
    *images.ROUTES,
    *templates.ROUTES,
    *template_trials.ROUTES,
    *template_folders.ROUTES,
)
"""The whole table, for `web/wsgi`."""
