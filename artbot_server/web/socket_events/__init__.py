"""Every event that a client may send, as tables: what it may hold, what is done, and what its ack says.

The functions check, call a service and ack; nothing is decided here.
"""

from artbot_server.web.socket_events import backend, chat, conversations, painting, pictures

EVENTS = (*chat.EVENTS, *painting.EVENTS, *conversations.EVENTS, *pictures.EVENTS, *backend.EVENTS)
"""The whole table, for `web/sockets`."""
