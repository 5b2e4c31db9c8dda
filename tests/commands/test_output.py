import json

from artbot_server.commands.output import Bar, fail, note, say, say_json, warn
from artbot_server.errors import BadRequest
from artbot_server.sd.base import Progress


def test_results_go_to_stdout_and_remarks_nowhere_without_a_terminal(capsys):
    say(["one", "两"])
    note("psst")
    with Bar("a") as bar:
        bar.show(Progress(0.5, 3, 6, 2.0))
        bar.advance(1, "b")
    assert capsys.readouterr() == ("one\n两\n", "")


def test_a_document_is_json_in_utf8(capsys):
    say_json({"ok": True, "prompt": "猫"})
    out, _ = capsys.readouterr()
    assert json.loads(out) == {"ok": True, "prompt": "猫"}
    assert "猫" in out


def test_a_failure_is_a_sentence_and_for_scripts_a_document_beside_it(capsys):
    error = BadRequest("No such folder.", field="folder")
    assert fail(error) == 1
    assert capsys.readouterr() == ("", "artbot: No such folder.\n")
    assert fail(error, as_json=True) == 1
    out, err = capsys.readouterr()
    assert err == "artbot: No such folder.\n"
    assert json.loads(out)["error"]["detail"]["field"] == "folder"


def test_a_failure_names_what_may_be_chosen_instead(capsys):
    fail(BadRequest("There is no folder 'x'.", field="folder", allowed=["anime", "风景"]))
    assert capsys.readouterr().err == "artbot: There is no folder 'x'. There is: anime, 风景.\n"
    fail(BadRequest("There is no style 'x'.", field="styles", allowed=[f"s{number}" for number in range(99)]))
    assert capsys.readouterr().err.endswith("s28, s29 ….\n")
    fail(BadRequest("Steps has to be a whole number.", field="steps", allowed={"min": 1, "max": 150}))
    assert capsys.readouterr().err == "artbot: Steps has to be a whole number.\n"


def test_a_warning_is_a_sentence_on_stderr(capsys):
    warn("1 of 3 failed.")
    assert capsys.readouterr() == ("", "artbot: 1 of 3 failed.\n")
