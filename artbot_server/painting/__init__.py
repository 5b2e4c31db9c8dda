"""From a finished prompt to pictures: templates, payloads, the queue and the worker."""
