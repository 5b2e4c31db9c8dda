"""What web processes tell each other, so that a session may have its sockets on any of them, and its replies on others."""
