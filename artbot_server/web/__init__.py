"""The edge: sockets, HTTP, the page. Checks what comes in, hands it to the services, sends what they say."""
