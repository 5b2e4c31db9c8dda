"""From a user's words to a finished prompt: history, the reply on its way, and the service that joins them."""
