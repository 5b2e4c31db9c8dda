"""Telling somebody else's server that a job has ended: where that may go, what it says, its signature, and the sending."""
