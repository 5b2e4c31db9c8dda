"""The HTTP API for PHP, Java and curl: one module an area, each with a table of its routes."""

from artbot_server.web.http import (
    art_bot,
    art_bot_lists,
    article,
    backend,
    batches,
    chat_bot,
    conversations,
    deliveries,
    images,
    jobs,
    sessions,
    template_folders,
    template_trials,
    templates,
    upscale,
)

ROUTES = (
    *article.ROUTES,
    *sessions.ROUTES,
    *jobs.ROUTES,
    *images.ROUTES,
    *batches.ROUTES,
    *backend.ROUTES,
    *upscale.ROUTES,
    *templates.ROUTES,
    *template_trials.ROUTES,
    *template_folders.ROUTES,
    *conversations.ROUTES,
    *chat_bot.ROUTES,
    *art_bot.ROUTES,
    *art_bot_lists.ROUTES,
    *deliveries.ROUTES,
)
"""The whole table, for `web/wsgi`."""
