"""How the web process and the workers wake each other. The truth is in `storage`; what is lost here is only late."""
