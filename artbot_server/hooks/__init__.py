"""Functions that whoever embeds this server puts before and after its work; `record` names them, the rest calls them."""
