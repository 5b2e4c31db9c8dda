"""`artbot template` as a shell runs it, on a folder of templates of its own."""

import json
import subprocess

import pytest
import structlog
from PIL import Image

from artbot_server.cli import main
from artbot_server.painting.template_files import load_library
from artbot_server.sd.demo.infotext import to_png
from tests.commands.run_artbot import ROOT, RUN, artbot, environ
from tests.painting import infotexts
from tests.painting.files import ARTICLE, put, template
from tests.painting.writing import article, as_text, picture, tree
from tests.sd.fake_automatic1111 import FakeAutomatic1111


@pytest.fixture
def root(tmp_path, monkeypatch):
    put(tmp_path, "templates/mine/1.json", ARTICLE)
    put(tmp_path, "templates/mine/night/city.json", template(prompt="city"))
    put(tmp_path, "templates/mine/broken.json", "{")
    monkeypatch.setenv("ARTBOT_TEMPLATES_DIR", str(tmp_path / "templates"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "templates"


@pytest.fixture
def run(root, capsys):
    """`run(*arguments)`: code, stdout, stderr; in this process, since each start of Python costs half a second."""

    def run(*arguments):
        code = main(["template", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    yield run
    structlog.reset_defaults()  # it would go on writing to the stderr of this test


def test_as_a_shell_runs_it(root, tmp_path):
    code, out, err = artbot("template", "list", folder=tmp_path, ARTBOT_TEMPLATES_DIR=str(root))
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == ["mine/1", "mine/night/city"]
    code, out, err = artbot("template", "view", "mine/none", folder=tmp_path, ARTBOT_TEMPLATES_DIR=str(root))
    assert (code, out, err) == (1, "", "artbot: There is no template 'none'. There is: 1, broken, night/city.\n")


def test_r09_list_for_scripts(run):
    code, out, _ = run("list", "--json")
    (folder,) = json.loads(out)["folders"]
    assert code == 0
    assert (folder["title"], folder["template_list"]) == ("mine", ["1", "night/city"])
    assert "no JSON" in folder["broken"]["broken.json"]
    assert run("list", "nothing")[0] == 1


def test_r08_view(run):
    assert json.loads(run("view", "mine/1")[1]) == json.loads(ARTICLE)
    told = json.loads(run("view", "mine/1", "--json")[1])
    assert (told["ok"], told["template"], told["broken"]) == (True, json.loads(ARTICLE), None)
    code, out, err = run("view", "mine/broken")
    assert (code, out) == (1, "")
    assert "broken" in err
    assert "no JSON" in json.loads(run("view", "mine/broken", "--json")[1])["broken"]


def test_r18_create_from_a_picture_and_from_a_text(run, root, tmp_path):
    put(tmp_path, "00012.png", to_png(Image.new("RGB", (8, 8)), infotexts.HIRES))
    assert run("create", "mine/cabin", "--picture", "00012.png")[:2] == (
        0,
        "mine/cabin\n  not used: Model hash: 6ce0161689\n  not used: Model: v1-5-pruned-emaonly\n",
    )
    told = json.loads(run("create", "mine", "--text", infotexts.NO_SIZE, "--json")[1])
    assert (told["name"], told["unread"]) == ("template1", {})
    made = load_library(root).folders["mine"].templates
    assert made["cabin"].fields["hr_scale"] == 1.5
    assert made["template1"].fields["cfg_scale"] == 7.5


def test_create_from_stdin(root, tmp_path):
    command = [*RUN, "template", "create", "mine/x", "--text", "-"]
    variables = environ(tmp_path, ARTBOT_TEMPLATES_DIR=str(root), PYTHONIOENCODING="utf-8")
    done = subprocess.run(
        command, env=variables, input=infotexts.CHINESE, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert load_library(root).folders["mine"].templates["x"].fields["prompt"] == "一只橙色小猫，坐在窗边"


def test_create_with_the_models_of_the_backend(run, root, monkeypatch):
    with FakeAutomatic1111() as fake:
        monkeypatch.setenv("ARTBOT_SD_URL", fake.url)
        text = "a cat\nSteps: 2, Sampler: Nonsense, Seed: 1, Model: tiny-a"
        code, out, err = run("create", "mine/x", "--text", text, "--backend")
    assert (code, out) == (0, "mine/x\n  not used: Sampler: Nonsense\n")
    assert "templates.broken" in err
    fields = load_library(root).folders["mine"].templates["x"].fields
    assert fields["override_settings"] == {"sd_model_checkpoint": "tiny-a"}


def test_r09_create_without_names_and_from_a_file(run, root, tmp_path):
    put(tmp_path, "a.json", json.dumps(article(prompt="x", init_images=[as_text(picture())]) | {"author": "me"}))
    assert run("create", "--file", "a.json")[1] == "template_folder1/template1\n"
    own = "template_folder1/input_images/template1/init_image.png"
    assert (root / own).read_bytes() == picture()
    assert json.loads((root / "template_folder1/template1.json").read_text())["author"] == "me"


def test_a_template_is_replaced_only_when_that_is_said(run, root):
    code, _, err = run("create", "mine/1", "--text", infotexts.NO_SIZE)
    assert (code, err) == (1, "artbot: There is a template '1' already.\n")
    assert (root / "mine/1.json").read_text() == ARTICLE
    assert run("create", "mine/1", "--text", infotexts.NO_SIZE, "--replace")[0] == 0


def test_save_as_rename_and_delete(run, root):
    (root / "city").mkdir()
    assert run("save-as", "mine/1", "city/night/1")[1] == "city/night/1\n"
    assert run("save-as", "mine/1", "city")[1] == "city/template1\n"
    assert run("rename", "city/night/1", "city/2")[1] == "city/2\n"
    assert run("delete", "city/template1") == (0, "", "")
    assert json.loads(run("delete", "mine/broken", "--json")[1]) == {"ok": True, "deleted": True}
    assert tree(root) == ["city/2.json", "mine/1.json", "mine/night/city.json"]


def test_a_folder_that_is_not_there_is_made(run, root, tmp_path):
    assert run("save-as", "mine/1", "城市/night/1")[1] == "城市/night/1\n"
    assert run("rename", "城市/night/1", "town/1")[1] == "town/1\n"
    assert run("create", "portraits", "--text", infotexts.NO_SIZE)[1] == "portraits/template1\n"
    assert run("import", put(tmp_path, "a.json", ARTICLE), "shared")[0] == 0
    assert {"portraits", "shared", "town"} <= set(load_library(root).folders)


def test_exported_and_imported_again(run, root, tmp_path):
    run("create", "mine/a", "--file", put(tmp_path, "a.json", json.dumps(article(mask=as_text(picture())))))
    assert run("export", "mine/a")[1] == "a.zip\n"
    assert json.loads(run("export", "mine/night/city", "--out", "c.json", "--json")[1])["file"] == "c.json"
    code, _, err = run("export", "mine/a")
    assert (code, err) == (1, "artbot: a.zip: File exists.\n")
    assert run("import", "a.zip", "mine/b")[1] == "mine/b\n"
    assert run("import", "c.json")[1] == "template_folder1/c\n"
    assert (root / "mine/input_images/b/mask.png").exists()
    assert run("import", "a.zip", "mine")[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("view", "mine"),
        ("view", "../templates/1"),
        ("save-as", "mine/1", "mine/../../x"),
        ("rename", "mine/nothing", "nowhere/1"),
        ("save-as", "mine/1", "../1"),
        ("delete", "mine/nothing"),
        ("create", "mine/x", "--text", "  "),
        ("create", "mine/x", "--picture", "gone.png"),
        ("create", "mine/x", "--file", "templates"),
        ("import", "gone.zip"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_code_1(run, root, arguments):
    before = tree(root)
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith("artbot: ")
    assert err.count("\n") == 1
    told = json.loads(run(*arguments, "--json")[1])
    assert told["ok"] is False
    assert tree(root) == before


@pytest.mark.parametrize(
    "arguments", [(), ("paint",), ("view",), ("create", "mine/x"), ("create", "x", "--text", "a", "--file", "b")]
)
def test_what_is_no_command_is_code_2(run, capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    assert caught.value.code == 2
    assert "usage: artbot template" in capsys.readouterr().err


def test_a_picture_without_text_and_a_root_that_is_gone(run, tmp_path, monkeypatch):
    put(tmp_path, "plain.png", picture())
    assert "no parameter text" in run("create", "mine/x", "--picture", "plain.png")[2]
    monkeypatch.setenv("ARTBOT_TEMPLATES_DIR", str(tmp_path / "gone"))
    for arguments in (("list",), ("view", "a/b"), ("create", "--text", "a cat")):
        assert run(*arguments)[0] == 1
