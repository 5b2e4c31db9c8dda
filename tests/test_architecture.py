"""The rules of docs/architecture.md, read from the imports. Each failure says why the rule is there and what to do."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "artbot_server"

LEVELS = {  # the longest name that fits a module counts
    "": 7,  # names what others may use, and imports it when it is asked for
    "errors": 0, "events": 0, "config": 0, "logs": 0, "patching": 0, "llm.base": 0, "sd.base": 0, "painting.backend_addresses": 0,
    "chat": 1, "painting": 1,
    "painting.picture_checks": 2, "painting.picture_text": 2, "painting.template_files": 2, "painting.template_store": 2,
    "painting.template_sources": 2, "painting.template_writer": 2, "painting.template_folders": 2,
    "painting.template_bundles": 2, "painting.atomic_files": 2,
    "painting.backend_questions": 3, "painting.backend_answers": 3,
    "painting.grids": 2, "painting.labels": 2, "painting.saved_files": 2,
    "storage": 2, "llm": 2, "sd": 2, "live": 2,
    "callbacks": 1, "callbacks.places": 0, "callbacks.rules": 0, "callbacks.post": 3, "callbacks.courier": 3,
    "hooks": 3, "hooks.record": 1,
    "chat.service": 3, "chat.conversations": 3, "chat.sessions": 3, "chat.completions": 3, "chat.asking": 3, "chat.continuing": 3, "chat.looking": 3,
    "painting.queue": 3, "painting.preparation": 3, "painting.repeats": 3, "painting.positions": 3, "painting.uploads": 3, "painting.supervisor": 3,
    "painting.worker": 3, "painting.painters": 3, "painting.runs": 3, "painting.leases": 3,
    "painting.upload_answers": 3, "painting.batch_service": 3, "painting.batch_ends": 3,
    "painting.handed_files": 3, "painting.file_questions": 3, "painting.file_answers": 3,
    "painting.template_tool": 3, "painting.roster": 3,
    "across": 3,
    "web": 4,
    "app": 5, "joints": 5, "running": 5, "mounting": 5, "choices": 5, "worker_app": 5, "lifetime": 5, "studio": 5,
    "several": 5, "startup": 0, "front": 5, "front.heads": 0,
    "client": 5, "commands": 6, "cli": 7,
}  # fmt: skip

APART = ("storage", "llm", "sd", "live")
"""Packages of one level that know nothing of each other."""

NO_IO = {
    "structlog", "os", "socket", "subprocess", "select", "ssl", "http", "tempfile", "shutil", "fcntl", "signal",
    "requests", "httpx2", "h11", "openai", "flask", "flask_socketio", "sqlalchemy", "alembic", "sqlite3", "PIL",
    "eventlet", "gevent", "dotenv", "werkzeug", "asyncio",
}  # fmt: skip

LIBRARIES = [
    (
        {"flask", "flask_socketio", "socketio", "engineio", "werkzeug"},
        ("web", "app"),
        "so that everything else runs and is tested without a web server: hand over a function or a record instead",
    ),
    (
        {"sqlalchemy", "alembic", "sqlite3", "psycopg"},
        ("storage",),
        "so that a transaction never yields and all waiting is in storage/database.py: add a method to a store instead",
    ),
    (
        {"boto3", "botocore"},
        ("storage.s3_files",),
        "so that a picture's file is only bytes by a name to everybody else: use PictureFiles instead",
    ),
    (
        {"requests", "httpx2", "httpx", "h11", "openai", "urllib3", "urllib.request", "http.client"},
        ("llm", "sd", "callbacks.post"),
        "so that every foreign failure is named where it arises: add it to an engine or a backend instead",
    ),
    (
        {"PIL"},
        (
            "sd",
            "painting.picture_checks",
            "painting.picture_text",
            "painting.grids",
            "painting.labels",
        ),  # drawn of what was checked
        "so that pixels stay in the worker, and a picture is checked before it is decoded: use picture_checks instead",
    ),
    (
        {"eventlet", "gevent"},
        ("patching", "web.serving", "web.lane"),
        "so that the same code runs in plain threads: use threading, queue and time instead",
    ),
    (
        {"asyncio", "concurrent", "multiprocessing"},
        ("live.answering",),  # the worker's end; nothing is patched there
        "because all code is blocking and a pool stops a patched process: use a thread, or give the work to the worker",
    ),
    ({"redis"}, ("live",), "because only live/ carries what another process needs: publish an event instead"),
    ({"dotenv"}, ("config",), "because settings are read once, in one place: add a field to config.Settings instead"),
]

BROAD = {
    "app.py": 1, "callbacks/courier.py": 1, "hooks/calls.py": 1, "painting/painters.py": 1, "painting/batch_ends.py": 1,
    "web/sockets.py": 2, "web/outbox.py": 1, "web/lane.py": 1, "llm/pump.py": 1,
}  # fmt: skip
"""The tops of loops and handlers, where one fault must cost one item and no more; all log it."""

PRINTING = {"commands/output.py", "lifetime.py"}

TESTED_ELSEWHERE = {
    "web/http/upscale.py": "tests/e2e/test_repeats.py",
    "painting/template_tool.py": "tests/e2e/test_templates.py",  # only joins
    "web/http/templates.py": "tests/e2e/test_templates.py",
    "web/http/template_shapes.py": "tests/e2e/test_templates.py",  # only shapes
    "web/http/template_folders.py": "tests/e2e/test_templates.py",
    "painting/file_answers.py": "tests/painting/test_file_questions.py",  # both halves together
    "painting/infotext_fields.py": "tests/painting/test_drafts.py",  # only tables
    "app.py": "tests/e2e/test_main_job.py",  # the whole, joined
    "worker_app.py": "tests/e2e/test_main_job.py",
    "lifetime.py": "tests/e2e/test_restart.py",
    "web/sockets.py": "tests/e2e/test_main_job.py",
    "web/socket_wire.py": "tests/e2e/test_lane.py",
    "web/wsgi.py": "tests/e2e/test_access.py",
    "joints.py": "tests/e2e/test_main_job.py",
    "web/socket_events/table.py": "tests/e2e/test_limits.py",
    "web/socket_events/chat.py": "tests/e2e/test_main_job.py",
    "web/socket_events/painting.py": "tests/e2e/test_queue.py",
    "web/socket_events/conversations.py": "tests/e2e/test_main_job.py",
    "web/socket_events/pictures.py": "tests/e2e/test_main_job.py",
    "web/http/routes.py": "tests/e2e/test_http.py",
    "web/http/article.py": "tests/e2e/test_http.py",
    "web/http/waiting.py": "tests/e2e/test_http.py",
    "web/http/jobs.py": "tests/e2e/test_jobs_over_http.py",
    "web/http/sessions.py": "tests/e2e/test_jobs_over_http.py",
    "web/http/art_bot.py": "tests/e2e/test_art_bot.py",
    "web/http/art_bot_bodies.py": "tests/e2e/test_art_bot.py",
    "web/http/art_bot_orders.py": "tests/e2e/test_art_bot.py",
    "web/http/art_bot_lists.py": "tests/e2e/test_art_bot.py",
    "web/http/art_bot_shapes.py": "tests/e2e/test_art_bot.py",
    "web/http/reference.py": "tests/e2e/test_api_docs.py",
    "web/http/images.py": "tests/e2e/test_jobs_over_http.py",
    "web/http/batches.py": "tests/e2e/test_batches.py",
    "web/http/batch_records.py": "tests/e2e/test_batches.py",  # only shapes
    "web/socket_events/batches.py": "tests/e2e/test_batches.py",
    "web/ordering.py": "tests/e2e/test_queue.py",
    "web/http/template_trials.py": "tests/e2e/test_template_page.py",
    "web/http/records.py": "tests/e2e/test_http.py",  # only shapes
    "storage/migrations/versions/0003_backends.py": "tests/storage/test_migrate.py",
    "web/http/backend.py": "tests/e2e/test_backend.py",
    "web/socket_events/backend.py": "tests/e2e/test_backend.py",
    "web/looks.py": "tests/e2e/test_backend.py",
    "web/pages.py": "tests/e2e/test_access.py",
    "web/services.py": "tests/e2e/test_main_job.py",  # only a record
    "web/http/deliveries.py": "tests/e2e/test_callbacks.py",
    "running.py": "tests/e2e/test_restart.py",
    "mounting.py": "tests/e2e/test_mounted.py",
    "hooks/record.py": "tests/hooks/test_calls.py",  # only a record
    "llm/base.py": "tests/contracts/engine_contract.py",
    "llm/reading.py": "tests/llm/test_openai_api.py",  # needs a response of the SDK
    "sd/automatic1111/fields.py": "tests/sd/automatic1111/test_names.py",  # only tables
    "chat/looking.py": "tests/chat/test_service.py",
    "chat/elsewhere.py": "tests/chat/test_service.py",  # only a protocol
    "live/redis_link.py": "tests/live/test_both.py",
    "front/serving.py": "tests/e2e/test_processes.py",
    "front/children.py": "tests/e2e/test_processes.py",
    "web/passed.py": "tests/front/test_front.py",
    "startup.py": "tests/e2e/test_restart.py",
    "several.py": "tests/e2e/test_several.py",
    "across/here.py": "tests/across/test_watching.py",  # only a record
    "live/hub.py": "tests/live/test_local.py",  # only a protocol
    "live/answering.py": "tests/live/test_both.py",
    "live/redis_peer.py": "tests/live/test_redis_hub.py",
    "live/redis_line.py": "tests/live/test_redis_hub.py",
    "storage/schema.py": "tests/storage/test_migrate.py",
    "storage/turns.py": "tests/storage/test_conversations.py",
    "web/http/conversations.py": "tests/e2e/test_conversations.py",
    "web/http/conversation_records.py": "tests/e2e/test_conversations.py",
    "web/http/chat_bot.py": "tests/e2e/test_chat_bot.py",
    "storage/migrations/env.py": "tests/storage/test_migrate.py",
    "storage/migrations/versions/0001_the_first_tables.py": "tests/storage/test_migrate.py",
    "storage/migrations/versions/0002_batches_and_callbacks.py": "tests/storage/test_migrate.py",
    "storage/migrations/versions/0004_replies_that_go_on.py": "tests/storage/test_migrate.py",
}

MODULE_LINES = 300
SCRIPT_LINES = 200
STYLE_LINES = 450
"""A style sheet is a flat list; beyond this nobody finds a rule again."""
WORD_LISTS = {"static/js/words/en.js", "static/js/words/zh.js"}
WORD_LINES = 800
"""Tables of sentences, one a line, looked up by key and never read through."""


@cache
def modules() -> dict[str, Path]:
    """Every module by its name below the package, `web.sockets`; a package by its own."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(modules()[name].read_text())


@cache
def imports(name: str) -> frozenset[str]:
    """The modules it imports, anywhere in it, with their full names."""
    found = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: imports are written in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return frozenset(found)


@cache
def own(name: str) -> frozenset[str]:
    """Our modules among them. `from artbot_server.llm import faults` means faults, not its package."""
    ours = {
        full.removeprefix("artbot_server").lstrip(".") for full in imports(name) if full.startswith("artbot_server")
    }
    known = {one for one in ours if one in modules() and one not in ("", name)}
    return frozenset(one for one in known if modules()[one].name != "__init__.py" or _is_used_itself(name, one))


def _is_used_itself(name: str, package: str) -> bool:
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ImportFrom) and node.module == f"artbot_server.{package}":
            return any(f"{package}.{alias.name}" not in modules() for alias in node.names)
    return False


def below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def level(name: str) -> int:
    return LEVELS[max((prefix for prefix in LEVELS if not prefix or below(name, prefix)), key=len)]


def libraries(name: str) -> set[str]:
    return {full for full in imports(name) if not full.startswith("artbot_server")}


@pytest.mark.parametrize("name", sorted(modules()))
def test_imports_go_down_only(name):
    for other in own(name):
        assert level(other) <= level(name), (
            f"{name} (level {level(name)}) imports {other} (level {level(other)}). What is lower must run and be tested "
            "without what is above it: have the upper one hand over a function or a record (see chat.service.ChatPorts)."
        )


def test_every_module_has_its_level():
    nameless = [name for name in modules() if name and "." not in name and name not in LEVELS]
    assert nameless == [], "Say in LEVELS, and in docs/architecture.md, where it belongs."


def test_nothing_imports_in_a_circle():
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, f"{' -> '.join((*way, name))}: a circle cannot be read or tested in parts; split one."
        if name not in done:
            for other in own(name):
                visit(other, (*way, name))
            done.add(name)

    for name in modules():
        visit(name, ())
    assert len(done) == len(modules())


@pytest.mark.parametrize("name", sorted(name for name in modules() if level(name) == 1))
def test_pure_modules_do_no_io(name):
    reached, look = set(), [name]
    while look:
        one = look.pop()
        if one not in reached:
            reached.add(one)
            look += own(one)
    for one in sorted(reached):
        used = {full.partition(".")[0] for full in libraries(one)} & NO_IO
        assert not used, (
            f"{name} is pure, but {'uses' if one == name else f'imports {one}, which uses'} {sorted(used)}. Decisions stay "
            "testable without set-up: take what was read as an argument, or say in LEVELS that it is no pure module."
        )


@pytest.mark.parametrize(("used", "where", "why"), LIBRARIES, ids=lambda value: "")
def test_libraries_stay_where_they_belong(used, where, why):
    for name in modules():
        if not any(below(name, place) for place in where):
            found = {full for full in libraries(name) if any(below(full, library) for library in used)}
            assert not found, f"{name} imports {sorted(found)}; only {', '.join(where) or 'nobody'} may, {why}."


@pytest.mark.parametrize("package", APART)
def test_packages_of_one_level_know_nothing_of_each_other(package):
    for name in modules():
        if below(name, package):
            for other in own(name):
                stranger = [
                    one for one in APART if one != package and below(other, one) and not other.endswith(".base")
                ]
                assert not stranger, (
                    f"{name} imports {other}: any of {', '.join(APART)} can be replaced without the others. "
                    "Join them in a service, or put the shared record into a pure module."
                )


@pytest.mark.parametrize("package", ["llm", "sd"])
def test_only_the_choice_knows_concrete_engines_and_backends(package):
    for name in modules():
        if not below(name, package) and name != "choices":
            concrete = [other for other in own(name) if below(other, package) and other != f"{package}.base"]
            assert not concrete, (
                f"{name} imports {concrete}: demo or real is decided in choices.py alone, and everybody else works with "
                f"any of them. Import {package}.base, and have it handed over."
            )


def test_the_demo_engines_do_not_know_each_other():
    for name in modules():
        for one, other in (("llm.demo", "sd.demo"), ("sd.demo", "llm.demo")):
            if below(name, one):
                assert not [found for found in own(name) if below(found, other)], (
                    f"{name} imports {other}: the painter paints any prompt and the writer writes for any painter; "
                    "a word both know stands in both word lists."
                )


def test_services_do_not_know_the_web():
    for name in modules():
        if level(name) <= 3:
            assert not [other for other in own(name) if below(other, "web")], (
                f"{name} imports web/: HTTP and sockets call the same services. Take `publish` or a record instead."
            )


def reads_environment(name: str) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in ("environ", "getenv", "environb", "putenv")
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        for node in ast.walk(tree(name))
    )


def test_settings_are_read_in_one_place():
    readers = {name for name in modules() if reads_environment(name)} - {"config"}
    assert readers <= {"patching"}, (
        "A setting that is read elsewhere is neither checked nor documented: add a field to config.Settings."
    )
    set_there = re.findall(r"os\.environ(.*)", modules()["patching"].read_text())
    assert set(set_there) == {'["PSYCOPG_WAIT_FUNC"] = "wait_selector"'}, (
        "patching.py only tells psycopg how to wait, before its import."
    )


def broad_handlers(name: str) -> int:
    """`except Exception`, `except BaseException` and bare `except`, unless they raise again what they caught."""
    count = 0
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            broad = any(kind is None or getattr(kind, "id", "") in ("Exception", "BaseException") for kind in kinds)
            last = node.body[-1]
            count += broad and not (isinstance(last, ast.Raise) and last.exc is None)
    return count


def test_errors_are_caught_by_name():
    found = {str(path.relative_to(PACKAGE)): broad_handlers(name) for name, path in modules().items()}
    assert {path: count for path, count in found.items() if count} == BROAD, (
        "A broad `except` hides faults of ours: name what you mean. Only the tops of loops and handlers may, see BROAD."
    )


def test_only_the_command_line_prints():
    for name, path in modules().items():
        if str(path.relative_to(PACKAGE)) not in PRINTING:
            calls = [node.func for node in ast.walk(tree(name)) if isinstance(node, ast.Call)]
            assert not [call for call in calls if getattr(call, "id", "") == "print"], (
                f"{path} prints: stdout belongs to whoever started the server. Use structlog."
            )


@pytest.mark.parametrize("name", sorted(modules()))
def test_every_module_says_what_it_is(name):
    assert ast.get_docstring(tree(name)), f"{modules()[name]}: begin with what it is and what it must not do."


def home_of_tests(path: Path) -> Path:
    relative = path.relative_to(PACKAGE)
    named = TESTED_ELSEWHERE.get(str(relative))
    return ROOT / named if named else ROOT / "tests" / relative.parent / f"test_{relative.name}"


@pytest.mark.parametrize(
    "path", [path for path in modules().values() if path.name != "__init__.py"], ids=lambda p: p.stem
)
def test_every_module_has_its_tests(path):
    assert home_of_tests(path).is_file(), (
        f"{path.relative_to(ROOT)} has no {home_of_tests(path).relative_to(ROOT)}: tests mirror the package, so that they are "
        "found. If others cover it, say which in TESTED_ELSEWHERE."
    )


def test_no_exemption_is_out_of_date():
    for path in (*TESTED_ELSEWHERE, *BROAD, *PRINTING):
        assert (PACKAGE / path).is_file(), f"{path} is gone; take it out of this file."
    for path in TESTED_ELSEWHERE:
        own_test = ROOT / "tests" / Path(path).parent / f"test_{Path(path).name}"
        assert not own_test.is_file(), f"{path} has its own tests now; take it out of TESTED_ELSEWHERE."


def written_files() -> list[Path]:
    static = [path for path in (ROOT / "static").rglob("*") if path.suffix in (".js", ".css")]
    return [*modules().values(), *(path for path in static if "vendor" not in path.parts)]


@pytest.mark.parametrize("path", written_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_short(path):
    limit = {".py": MODULE_LINES, ".js": SCRIPT_LINES, ".css": STYLE_LINES}[path.suffix]
    if str(path.relative_to(ROOT)) in WORD_LISTS:
        limit = WORD_LINES
    lines = len(path.read_text().splitlines())
    assert lines <= limit, (
        f"{path.relative_to(ROOT)} has {lines} lines, the limit is {limit}: it does two things; split it."
    )


@pytest.mark.parametrize("path", written_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_left_for_later(path):
    marks = re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b", path.read_text())
    assert not marks, f"{path.relative_to(ROOT)}: do it now, or open an issue; marks in the code are never read again."


OWN_ADDRESS = re.compile(r"[\"'`]/(?:static|images|shared|api|socket\.io|template_picture|operator)\b")


def test_the_page_asks_below_the_path_it_was_served_at():
    for path in (ROOT / "static/js").rglob("*.js"):
        text = path.read_text()
        bare = [match[0] for match in OWN_ADDRESS.finditer(text) if not text[: match.start()].endswith("at(")]
        assert not bare, (
            f"{path.relative_to(ROOT)} asks for {bare}: the page may be below a path of another site. Write at(…) of address.js."
        )
