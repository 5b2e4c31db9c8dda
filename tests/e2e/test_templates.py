"""The template tool over HTTP on a real server with a real worker: every route, its refusals, and painting afterwards."""

import io
import json
import zipfile

import pytest
import requests
from PIL import Image

from artbot_server.sd.demo.infotext import to_png
from tests.e2e.client import Client
from tests.e2e.test_http import refusal
from tests.painting import infotexts
from tests.painting.files import ARTICLE, put, template
from tests.painting.writing import article, as_text, picture
from tests.server import RunningServer

SMALL = {"width": 64, "height": 64, "steps": 2}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("templates")
    put(root, "mine/1.json", ARTICLE)
    put(root, "mine/redraw.json", template("img2img", prompt="best quality", **SMALL))
    put(root, "mine/broken.json", '{"api_model": {"steps": "x"}}')
    put(root, "mine/folder.toml", '# by hand\nnegative_prompt = "gore"\n')
    return root


@pytest.fixture(scope="module")
def server(root, tmp_path_factory):
    settings = {"ARTBOT_TEMPLATES_DIR": str(root), "ARTBOT_DEMO_PACE": "0"}
    with RunningServer(tmp_path_factory.mktemp("data"), **settings) as running:
        running.wait_for_worker()
        yield running


@pytest.fixture(scope="module")
def session(server):
    """One session over all calls."""
    session = requests.Session()
    answer = session.post(server.address + "/api/v1/images", files={"image": ("a.png", picture())}, timeout=30)
    session.headers["Authorization"] = "Bearer " + answer.headers["X-Artbot-Session"]
    session.image_id = answer.json()["id"]
    return session


@pytest.fixture
def call(server, session):
    """`call(method, path below /api/v1, **more)`: the response."""

    def call(method, path, **more):
        return session.request(method, f"{server.address}/api/v1/{path}", timeout=60, **more)

    return call


@pytest.fixture
def fresh(call):
    """A folder of its own for one test; its name."""
    return call("POST", "template-folders", json={}).json()["name"]


def names(call, folder):
    folders = {each["name"]: each for each in call("GET", "templates").json()["folders"]}
    return [each["name"] for each in folders[folder]["templates"]]


def test_the_list_is_that_of_the_socket(server, call):
    over_http = call("GET", "templates").json()
    with Client(server.address) as client:
        over_socket = client.call("templates")
    assert over_http == over_socket
    assert "mine" in [folder["name"] for folder in over_http["folders"]]


def test_r08_the_articles_template_comes_as_it_is_written(call):
    told = call("GET", "templates/mine/1").json()
    assert told["template"] == json.loads(ARTICLE)
    assert (told["folder"], told["name"], told["picture"], told["broken"]) == ("mine", "1", None, None)
    assert told["inputs"] == {"init_image": None, "mask": None, "control_image": None, "control_mask": None}
    assert call("GET", "templates/mine/1/export").content == ARTICLE.encode()


def test_a_broken_one_says_why(call):
    told = call("GET", "templates/mine/broken").json()
    assert "steps" in told["broken"]
    assert told["template"] == {"api_model": {"steps": "x"}}


@pytest.mark.parametrize(
    "path", ["mine/nothing", "nothing/1", "..%2Fmine/1", "mine/..%2Fmine%2F1", "mine/%2Fetc%2Fpasswd"]
)
def test_what_is_not_there_is_not_found(call, path):
    for method, more in (("GET", {}), ("DELETE", {}), ("POST", {})):
        answer = call(method, f"templates/{path}" + ("/copy" if method == "POST" else ""), **more)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_created_edited_and_seen_at_once(call, fresh):
    created = call("POST", "templates", json={"folder": fresh, "template": article(prompt="x", note=1)}).json()
    assert (created["folder"], created["name"]) == (fresh, "template1")
    assert names(call, fresh) == ["template1"]
    path = f"templates/{fresh}/night/雨"
    saved = call("PUT", path, json={"template": article(prompt="rain"), "version": ""}).json()
    edited = call("PUT", path, json={"template": article(prompt="snow"), "version": saved["version"]}).json()
    assert edited["version"] != saved["version"]
    error = refusal(
        call("PUT", path, json={"template": article(), "version": saved["version"]}), 409, "conflict", "version"
    )
    assert error["detail"]["version"] == edited["version"]
    refusal(call("PUT", path, json={"template": article(), "version": ""}), 409, "conflict", "name")
    assert call("GET", path).json() == edited
    assert names(call, fresh) == ["night/雨", "template1"]


def test_r09_without_a_folder_a_new_one_is_made(call):
    created = call("POST", "templates", json={"template": article()}).json()
    assert created["folder"].startswith("template_folder")
    assert created["name"] == "template1"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "template"),
        ({"template": []}, "template"),
        ({"template": {}}, "api_model"),
        ({"template": article(steps="x")}, "api_model.steps"),
        ({"template": article(init_images=["../../secret.png"])}, "init_images.0"),
        ({"template": article(mask=as_text(b"no picture"))}, "image"),
        ({"template": article(), "version": 5}, "version"),
    ],
)
def test_what_would_not_load_is_refused(call, root, body, field):
    before = (root / "mine/1.json").read_bytes()
    refusal(call("PUT", "templates/mine/1", json=body), 400, "bad_request", field)
    assert (root / "mine/1.json").read_bytes() == before


@pytest.mark.parametrize("name", [".hidden", "input_images/x", "x" * 200, "a/b/c/d/e", "a/copy"])
def test_names_go_through_the_rule(call, name):
    refusal(call("PUT", f"templates/mine/{name}", json={"template": article()}), 400, "bad_request", "name")


def test_copied_renamed_and_deleted(call, fresh, root):
    call("PUT", f"templates/{fresh}/a", json={"template": article(mask=as_text(picture()))})
    copied = call("POST", f"templates/{fresh}/a/copy", json={"name": "b"}).json()
    assert copied["template"]["api_model"] == {"mask": "input_images/b/mask.png"}
    assert call("POST", f"templates/{fresh}/a/copy", json={}).json()["name"] == "template1"
    refusal(call("POST", f"templates/{fresh}/a/copy", json={"name": "b"}), 409, "conflict", "name")
    refusal(call("POST", f"templates/{fresh}/a/copy", json={"folder": "gone"}), 404, "not_found", "folder")
    moved = call("POST", f"templates/{fresh}/b/rename", json={"name": "night/c"}).json()
    assert moved["name"] == "night/c"
    assert call("DELETE", f"templates/{fresh}/a").json() == {"ok": True, "deleted": True}
    assert names(call, fresh) == ["night/c", "template1"]
    assert not (root / fresh / "input_images/a").exists()


def test_r14_inputs_as_files_and_as_pictures_of_the_session(call, fresh, session, server):
    units = {"ControlNet": {"args": {"module": "canny"}}}
    path = f"templates/{fresh}/night/a"
    call("PUT", path, json={"template": article(alwayson_scripts=units) | {"template_type": "img2img"}})
    for which in ("init_image", "control_image"):
        told = call("PUT", f"{path}/inputs/{which}", files={"image": ("x.jpg", picture("blue", "JPEG"))}).json()
    told = call("PUT", f"{path}/inputs/mask", json={"image_id": session.image_id}).json()
    assert told["template"]["api_model"]["init_images"] == ["input_images/night/a/init_image.png"]
    shown = requests.get(server.address + told["inputs"]["control_image"], timeout=30)
    assert shown.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(shown.content)).size == (16, 8)
    assert call("DELETE", f"{path}/inputs/control_image").json()["inputs"]["control_image"] is None
    told = call("PUT", f"{path}/inputs/picture", files={"image": ("x.png", picture())}).json()
    assert requests.get(server.address + told["picture"], timeout=30).content[8:12] == b"WEBP"


def test_inputs_that_cannot_be(call, fresh):
    path = f"templates/{fresh}/a"
    call("PUT", path, json={"template": article()})
    refusal(call("PUT", f"{path}/inputs/mask", files={"image": ("x", b"no picture")}), 400, "bad_request", "image")
    refusal(call("PUT", f"{path}/inputs/mask", files={"other": ("x", b"")}), 400, "bad_request", "image")
    refusal(call("PUT", f"{path}/inputs/control_image", files={"image": ("x", picture())}), 400, "bad_request", "which")
    refusal(call("PUT", f"{path}/inputs/nothing", files={"image": ("x", picture())}), 400, "bad_request", "which")
    assert call("PUT", f"{path}/inputs/mask", json={"image_id": "somebody else's"}).status_code == 404
    refusal(call("GET", f"{path}/inputs/mask"), 404, "not_found", "which")


def test_shared_and_taken_in_again(call, fresh):
    path = f"templates/{fresh}/a"
    call("PUT", path, json={"template": article(init_images=[as_text(picture())], note="x")})
    answer = call("GET", f"{path}/export")
    assert answer.headers["Content-Type"] == "application/zip"
    assert "a.zip" in answer.headers["Content-Disposition"]
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == ["a.json", "input_images/a/init_image.png"]

    def take_in(content, filename, **form):
        return call("POST", "templates/import", files={"file": (filename, content)}, data={"folder": fresh, **form})

    told = take_in(answer.content, "a.zip", name="b").json()
    assert told["template"] == article(note="x", init_images=["input_images/b/init_image.png"])
    assert take_in(ARTICLE.encode(), "crayon.json").json()["name"] == "crayon"
    refusal(take_in(answer.content, "a.zip"), 409, "conflict", "name")
    refusal(take_in(b"no template", "x.json"), 400, "bad_request", "file")
    refusal(call("POST", "templates/import", data={"folder": fresh}), 400, "bad_request", "file")


def test_r18_drafts_from_texts_and_pictures(call):
    told = call("POST", "templates/draft", json={"infotext": infotexts.NO_SIZE}).json()
    assert told["template"]["api_model"]["cfg_scale"] == 7.5
    assert told["template"]["api_model"]["override_settings"] == {"CLIP_stop_at_last_layers": 2}
    assert told["unread"] == {}
    png = to_png(Image.new("RGB", (8, 8)), infotexts.CHINESE)
    told = call("POST", "templates/draft", files={"image": ("x.png", png)}).json()
    assert told["template"]["api_model"]["prompt"] == "一只橙色小猫，坐在窗边"
    assert told["unread"] == {"Model": "国风3"}
    refusal(call("POST", "templates/draft", files={"image": ("x.png", picture())}), 400, "bad_request", "image")
    refusal(call("POST", "templates/draft", files={"image": ("x.png", b"x")}), 400, "bad_request", "image")
    refusal(call("POST", "templates/draft", json={}), 400, "bad_request", "infotext")
    refusal(call("POST", "templates/draft", json={"infotext": "x" * 200_001}), 400, "bad_request", "infotext")


def test_r19_a_generation_becomes_a_template_that_paints_the_same(call, fresh, server, session):
    """Painted, drafted, saved, painted again: byte by byte the same picture."""
    auth = {"session": session.headers["Authorization"].removeprefix("Bearer ")}
    overrides = {"seed": 7, "steps": 3, "width": 64, "height": 128, "batch_size": 1}
    with Client(server.address, auth=auth) as client:

        def paint(**order):
            return client.job_end(client.paint("a kitten on a roof", "mine", **order))

        first = paint(template="1", overrides=overrides)
        told = call("POST", "templates/draft", json={"job_id": first["job_id"]}).json()
        assert told["template"]["api_model"]["prompt"].startswith("{prompt}, ")
        assert told["template"]["api_model"]["seed"] == 7
        call("PUT", "templates/mine/again", json={"template": told["template"]})
        again = paint(template="again")
    pictures = [requests.get(server.address + job["images"][0]["url"], timeout=30).content for job in (first, again)]
    assert pictures[0] == pictures[1]
    drafted = call("POST", "templates/draft", files={"image": ("x.png", pictures[0])}).json()["template"]["api_model"]
    assert (drafted["seed"], drafted["width"], drafted["height"]) == (7, 64, 128)


def test_a_template_with_inputs_paints_at_once(call, fresh, server):
    call("PUT", f"templates/{fresh}/a", json={"template": article(**SMALL) | {"template_type": "img2img"}})
    call("PUT", f"templates/{fresh}/a/inputs/init_image", files={"image": ("x.png", picture())})
    form = {"prompt": "a kitten", "folderName": fresh, "templateName": "a"}
    answer = requests.post(server.address + "/submitbyprompt", data=form, timeout=60)
    assert len(answer.json()["images"]) == 1


def test_a_job_of_somebody_else_is_no_draft(server, call):
    with Client(server.address) as client:
        job_id = client.paint("x", "mine", "1")
    assert call("POST", "templates/draft", json={"job_id": job_id}).status_code == 404


def test_folders_made_edited_and_deleted(call, root):
    settings = {"title_en": "Sea", "title_zh": "海", "for_children": True, "titles": {"a": {"en": "A"}}}
    told = call("POST", "template-folders", json={"name": "sea", "system_prompt": "One prompt.", **settings}).json()
    assert told["settings"] == settings | {"titles": {"a": {"en": "A", "zh": ""}}}
    assert (told["name"], told["system_prompt"]) == ("sea", "One prompt.")
    refusal(call("POST", "template-folders", json={"name": "sea"}), 409, "conflict", "name")
    told = call("PATCH", "template-folders/sea", json={"title_en": None, "order": 2, "system_prompt": "Two."}).json()
    assert told["settings"].get("title_en") is None
    assert (told["settings"]["order"], told["settings"]["for_children"], told["system_prompt"]) == (2, True, "Two.")
    assert call("GET", "template-folders/sea").json() == told
    refusal(call("PATCH", "template-folders/sea", json={"order": "x"}), 400, "bad_request", "order")
    refusal(call("POST", "template-folders", json={"name": "../sea"}), 400, "bad_request", "folder")
    call("PUT", "templates/sea/a", json={"template": article()})
    refusal(call("DELETE", "template-folders/sea"), 409, "conflict", "with_templates")
    assert call("DELETE", "template-folders/sea", params={"with_templates": "true"}).status_code == 200
    assert not (root / "sea").exists()
    refusal(call("GET", "template-folders/sea"), 404, "not_found", "folder")
    assert "# by hand" in (root / "mine/folder.toml").read_text()


WRITING = [
    ("POST", "templates"),
    ("POST", "templates/import"),
    ("PUT", "templates/mine/1"),
    ("DELETE", "templates/mine/1"),
    ("POST", "templates/mine/1/copy"),
    ("POST", "templates/mine/1/rename"),
    ("PUT", "templates/mine/1/inputs/mask"),
    ("DELETE", "templates/mine/1/inputs/mask"),
    ("POST", "template-folders"),
    ("GET", "template-folders/mine"),
    ("PATCH", "template-folders/mine"),
    ("DELETE", "template-folders/mine"),
]


def test_with_a_key_only_its_holder_writes(tmp_path):
    root = tmp_path / "templates"
    put(root, "mine/1.json", ARTICLE)
    with RunningServer(
        tmp_path / "data", ARTBOT_TEMPLATES_DIR=str(root), ARTBOT_OPERATOR_KEY="let-me-run-it"
    ) as server:
        for method, path in WRITING:
            answer = requests.request(method, f"{server.address}/api/v1/{path}", json={}, timeout=30)
            refusal(answer, 403, "not_allowed", "operator")
        assert requests.get(f"{server.address}/api/v1/templates/mine/1", timeout=30).status_code == 200
        key = {"X-Artbot-Operator": "let-me-run-it"}
        assert requests.delete(f"{server.address}/api/v1/templates/mine/1", headers=key, timeout=30).status_code == 200
    assert not (root / "mine/1.json").exists()
