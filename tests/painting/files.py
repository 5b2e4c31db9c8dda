"""Template folders on disk for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ARTICLE = """{
"template_name": "1",
"api_model": {
"prompt": "In the middle of the screen, close shot,best quality, highres, masterpiece, cute",
"negative_prompt": "bad-picture-chill-75v easynegative ng_deepnegative_v1_75t, two heads, two mouths, human",
"seed": -1,
"batch_size": 4,
"n_iter": 1,
"steps": 20,
"cfg_scale": 7,
"width": 600,
"height": 600,
"eta": 1,
"sampler_index": "DPM++ SDE Karras"
},
"options": "default",
"template_type": "txt2img"
}
"""


def put(root: Path, name: str, content: str | bytes) -> Path:
    """A file and the folders above it."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def template(mode: str = "txt2img", **fields: Any) -> str:
    """The text of a template file with these fields of A1111."""
    return json.dumps({"template_type": mode, "api_model": fields})
