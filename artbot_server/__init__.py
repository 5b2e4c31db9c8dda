"""Art Bot: a few plain words, Chinese or English, become pictures.

Importing this package does nothing; `artbot_server.app` builds a server, `artbot_server.cli` is the command line.
"""

__version__ = "0.1.0"
