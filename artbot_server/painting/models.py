"""Which checkpoint a user means by a name, a title, a file or a hash, for one job. Pure.

`overrides.model` and RobotChat's `sd_model_hash` are looked up alike.
"""

from __future__ import annotations

import difflib
from typing import Any

from artbot_server.errors import BadRequest
from artbot_server.sd.base import Abilities, Checkpoint

SHOWN_NAMES = 50  # of a list in an error: some servers have thousands of models


def find_model(asked: str, abilities: Abilities, *, field: str = "overrides.model") -> str:
    """The name of the one checkpoint that goes by `asked`, as the backend wants it in `sd_model_checkpoint`.

    A name counts before all else, and upper and lower case of it only where they tell two apart. Hashes are known
    only of checkpoints that were loaded before (trap 12). Where no model is known at all, `asked` is taken as it is.

    Raises:
        BadRequest: none or more than one; `detail.field`, `allowed`, maybe `did_you_mean`.
    """
    names = tuple(dict.fromkeys((*abilities.models, *(each.name for each in abilities.checkpoints))))
    if not names or asked in names:
        return asked
    meant = {each.name for each in abilities.checkpoints if each.goes_by(asked)}
    meant = meant or {name for name in names if name.casefold() == asked.strip().casefold()}
    if len(meant) == 1:
        return meant.pop()
    if meant:
        raise _refused(f"{asked[:80]!r} means more than one model: say which.", field, tuple(sorted(meant)))
    raise _unknown(asked, names, abilities.checkpoints, field)


def _unknown(asked: str, names: tuple[str, ...], checkpoints: tuple[Checkpoint, ...], field: str) -> BadRequest:
    by_folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(asked.casefold(), by_folded, n=1)
    if near:
        name = by_folded[near[0]]
        return _refused(f"There is no model {asked[:80]!r}; did you mean {name}?", field, names, did_you_mean=name)
    unhashed = sum(1 for each in checkpoints if each.hash is None)
    more = f" Hashes of models that were never loaded are not known ({unhashed} here)." if unhashed else ""
    return _refused(f"There is no model {asked[:80]!r}.{more}", field, names)


def _refused(sentence: str, field: str, names: tuple[str, ...], **more: Any) -> BadRequest:
    return BadRequest(sentence, field=field, allowed=list(names[:SHOWN_NAMES]), **more)
