"""`artbot template`: the template tool at the command line, straight on the folder of templates. No server is needed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artbot_server.config import Settings
from artbot_server.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from artbot_server.painting.drafts import Draft
    from artbot_server.painting.template_sources import Source
    from artbot_server.painting.template_writer import TemplateWriter

PICTURE_BYTES = 100_000_000
"""Of one picture's file: it comes from one's own disk, so only a mistake is refused."""

EXAMPLES = """examples:
  artbot template list
  artbot template view landscape/golden-hour
  artbot template create landscape/mine --picture 00012-123.png
  pbpaste | artbot template create landscape --text -
  artbot template save-as landscape/mine city/night/mine
  artbot template export landscape/mine
  artbot template import mine.json portraits
"""
NAMED = "FOLDER/NAME; the name may hold more slashes"


def add_to(commands: Any) -> None:
    """Enter the command's arguments."""
    parser = commands.add_parser(
        "template",
        help="list, view, create, rename, share templates",
        description="Work on the folder of templates (ARTBOT_TEMPLATES_DIR). A running server sees\n"
        "it within a second.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    one = _action(actions, "list", list_all, "list every folder and template")
    one.add_argument("folder", nargs="?", metavar="FOLDER", help="only this one")
    one = _action(actions, "view", view, "print a template as its file is written")
    one.add_argument("template", metavar="TEMPLATE", help=NAMED)
    _add_create(_action(actions, "create", create, "make a template from a picture, a parameter text or a JSON file"))
    for name, act, about in (("save-as", save_as, "save under another name"), ("rename", rename, "rename or move")):
        one = _action(actions, name, act, f"{about}, with the pictures that are its own")
        one.add_argument("template", metavar="TEMPLATE", help=NAMED)
        one.add_argument("to", metavar="TO", help="FOLDER/NAME, or FOLDER for its first free name")
    one = _action(actions, "delete", delete, "delete a template with the pictures that are its own")
    one.add_argument("template", metavar="TEMPLATE", help=NAMED)
    one = _action(actions, "import", import_file, "save a template that somebody shared as .json or .zip")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("to", nargs="?", default="", metavar="TO", help="FOLDER or FOLDER/NAME; default: a new folder")
    one = _action(
        actions, "export", export, "write a template into one file to share: .json, or .zip with its pictures"
    )
    one.add_argument("template", metavar="TEMPLATE", help=NAMED)
    one.add_argument(
        "--out", type=Path, default=Path("."), help="a folder or a file that is not there yet; default: here"
    )


def list_all(settings: Settings, arguments: argparse.Namespace) -> int:
    """Folders and templates, broken ones with the reason."""
    from artbot_server.commands.output import say, say_json
    from artbot_server.painting.template_files import load_library

    library = load_library(settings.templates_dir)
    folders = [library.folder(arguments.folder)] if arguments.folder else list(library.folders.values())
    if arguments.json:
        listed = [
            {"title": each.name, "template_list": list(each.templates), "broken": each.broken} for each in folders
        ]
        say_json({"ok": True, "folders": listed})
        return 0
    for folder in folders:
        say(f"{folder.name}/{name}" for name in folder.templates)
        say(f"{folder.name}/{name}: broken: {reason}" for name, reason in folder.broken.items())
    return 0


def view(settings: Settings, arguments: argparse.Namespace) -> int:
    """One template's JSON."""
    from artbot_server.commands.output import say_json
    from artbot_server.painting.template_sources import read_source

    source = read_source(settings.templates_dir, *_named(arguments.template))
    if not arguments.json and not source.broken:
        say_json(source.data)
        return 0
    if not arguments.json:
        raise BadRequest(f"The template is broken: {source.broken}", field="template")
    _tell(source, arguments, template=source.data, broken=source.broken or None)
    return 0


def create(settings: Settings, arguments: argparse.Namespace) -> int:
    """Make and save one."""
    from artbot_server.painting.drafts import Draft
    from artbot_server.painting.template_bundles import unpack

    pictures: dict[str, bytes] = {}
    if arguments.file:
        bundle = unpack(_read(arguments.file), arguments.file.name)
        draft, pictures = Draft(bundle.template), bundle.pictures
    else:
        draft = _draft_of_text(settings, arguments)
    folder, name = _target(settings, arguments.to)
    version = None if arguments.replace else ""
    source = _writer(settings).save(folder, name, draft.template, version, pictures)
    _tell(source, arguments, unread=draft.unread)
    return 0


def save_as(settings: Settings, arguments: argparse.Namespace) -> int:
    """Copy."""
    source = _writer(settings).copy(*_found(settings, arguments.template), *_target(settings, arguments.to))
    _tell(source, arguments)
    return 0


def rename(settings: Settings, arguments: argparse.Namespace) -> int:
    """Move."""
    source = _writer(settings).rename(*_found(settings, arguments.template), *_target(settings, arguments.to))
    _tell(source, arguments)
    return 0


def delete(settings: Settings, arguments: argparse.Namespace) -> int:
    """Remove."""
    from artbot_server.commands.output import say_json

    _writer(settings).delete(*_named(arguments.template))
    if arguments.json:
        say_json({"ok": True, "deleted": True})
    return 0


def import_file(settings: Settings, arguments: argparse.Namespace) -> int:
    """Save what somebody shared."""
    from artbot_server.painting.template_bundles import unpack

    bundle = unpack(_read(arguments.file), arguments.file.name)
    folder, name = _target(settings, arguments.to)
    source = _writer(settings).save(folder, name or bundle.name, bundle.template, "", pictures=bundle.pictures)
    _tell(source, arguments)
    return 0


def export(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write a file to share; one that is there is never replaced."""
    from artbot_server.commands.output import say, say_json
    from artbot_server.painting.template_bundles import pack
    from artbot_server.painting.template_sources import read_source

    try:
        filename, data = pack(read_source(settings.templates_dir, *_named(arguments.template)))
        path = arguments.out / filename if arguments.out.is_dir() else arguments.out
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise BadRequest(f"{error.filename}: {error.strerror}.", field="out") from error
    if arguments.json:
        say_json({"ok": True, "file": str(path)})
    else:
        say([str(path)])
    return 0


def _action(actions: Any, name: str, act: Any, about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(
        name, help=about, description=f"{about[:1].upper()}{about[1:]}."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document for scripts")
    parser.set_defaults(run=act)
    return parser


def _add_create(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "to", nargs="?", default="", metavar="TO", help="FOLDER or FOLDER/NAME; default: the first free names"
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--picture", type=Path, metavar="FILE", help="a picture that says what it was made with")
    source.add_argument("--text", help="such a text itself (A1111's generation parameters); - reads it from stdin")
    source.add_argument("--file", type=Path, help="a template's JSON")
    parser.add_argument("--replace", action="store_true", help="also when there is one of that name")
    parser.add_argument(
        "--backend", action="store_true", help="ask the backend: choose its model, leave out what it does not offer"
    )


def _draft_of_text(settings: Settings, arguments: argparse.Namespace) -> Draft:
    from artbot_server.painting.drafts import draft_of_text
    from artbot_server.painting.infotext import parse
    from artbot_server.painting.picture_text import read_text
    from artbot_server.sd.base import Abilities
    from artbot_server.studio import Studio

    if arguments.picture:
        text = read_text(_read(arguments.picture))
    else:
        text = sys.stdin.read() if arguments.text == "-" else arguments.text
    if not text.strip():
        raise BadRequest("There is no parameter text to make a template of.", field="text")
    return draft_of_text(parse(text), Studio(settings).abilities if arguments.backend else Abilities())


def _writer(settings: Settings) -> TemplateWriter:
    from artbot_server.painting.picture_checks import recoded
    from artbot_server.painting.template_writer import TemplateWriter

    return TemplateWriter(settings.templates_dir, lambda data, form: recoded(data, PICTURE_BYTES, form))


def _named(text: str) -> tuple[str, str]:
    folder, slash, name = text.partition("/")
    if not (slash and folder and name):
        raise BadRequest(f"{text!r} is no FOLDER/NAME.", field="template", allowed="FOLDER/NAME")
    return folder, name


def _found(settings: Settings, text: str) -> tuple[str, str]:
    """Folder and name of a template that is there: nothing is made for one that is not."""
    from artbot_server.painting.template_sources import read_source

    source = read_source(settings.templates_dir, *_named(text))
    return source.folder, source.name


def _target(settings: Settings, text: str) -> tuple[str, str]:
    """Folder and name to write to, "" for a free name; a folder that is not there, or not named, is made."""
    from artbot_server.painting.template_folders import FolderWriter
    from artbot_server.painting.template_sources import folder_path

    folder, _, name = text.partition("/")
    try:
        return folder_path(settings.templates_dir, folder).name, name
    except NotFound:
        return FolderWriter(settings.templates_dir).create(folder), name


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadRequest(f"{path}: {error.strerror}.", field="file") from error


def _tell(source: Source, arguments: argparse.Namespace, **more: Any) -> None:
    """What was written, by name; for scripts with its version and files."""
    from artbot_server.commands.output import say, say_json

    if arguments.json:
        inputs = {
            which: str(value) if isinstance(value, Path) else "base64" for which, value in source.inputs().items()
        }
        record = {"folder": source.folder, "name": source.name, "version": source.version, "file": str(source.path)}
        say_json({"ok": True, **record, "inputs": inputs, **more})
        return
    say([f"{source.folder}/{source.name}"])
    say(f"  not used: {name}: {value}" for name, value in more.get("unread", {}).items())
