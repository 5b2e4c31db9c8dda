"""Reads Chinese messages: parts them into wishes, tells changes (换成, 加, 不要) from descriptions. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from artbot_server.llm.demo.phrases_zh import describe
from artbot_server.llm.demo.reading import BACKGROUND, Reading
from artbot_server.llm.demo.tokens_zh import normalise

_AGAIN = re.compile(
    r"(请|帮我|那)?(再|重新|换|另外?)(来|画|生成|做|给我|试)*(一|两|几)?(张|幅|次|遍|个|下|只|条|头|匹|朵)?(别的|不同的|新的|吧|图|图片)*"
)
_OTHER_COLOR = re.compile(r"(?:再|请)?(?:换|改)(?:个|一个|一种|种|下|一下)?(?:别的|不同的|其他)?颜色(?:吧)?")
_BACKGROUND = re.compile(r"(?:请|把|将)?(?:不要|去掉|删掉|删除|去除|移除)?背景(?:去掉|删掉|不要|去除)?(?:了|吧)?")
_REMOVE = re.compile(
    r"(?:请|把|将)?(.*?)(?:不要|去掉|删掉|删除|去除|移除|拿掉|拿走|别画|不需要|取消|没有)(?:画|有|了|那些|这些|那个|这个)?(.*?)(?:了|吧)?"
)
_WITHOUT = re.compile(r"(?:没有|不戴|不带|不穿|没戴|没穿)(.{1,6}?)的")
_REPLACE = re.compile(
    r"(?:请|把|将|再|那)*(.*?)(?:颜色|背景|时间|地点|风格|画风)?(?:的)?(?:换成|变成|改成|改为|换为|替换成|替换为|变为|换到|改到|放到|换做)(?:了)?(.+)"
)
_ADD = re.compile(
    r"(?:请|再|还要|给它|给他|给她|给)*(?:(?:(?:它的?)?(?:旁边|身边|后面|前面|背后)还?有|加上|加入|添加|增加|加个|加|添上|添|再来)(?:了|上)?)(.+)"
)
_REQUEST = re.compile(
    r"^(?:你好|请|麻烦|帮我|能不能|可以|可不可以|你能)*(?:给我|为我)?(?:我?想?要?看|我?想?画|我想要|我要|画|生成|来|创作|绘制|做)(?!着|里|中|家|笔|像)"
)
_CLAUSE = re.compile(r"[,，。;；!！?？\n:：.]+")


def read_zh(text: str) -> list[Reading]:
    """The wishes in a message, in order; clauses that only describe are read together."""
    readings: list[Reading] = []
    plain: list[str] = []
    for clause in filter(None, (part.strip() for part in _CLAUSE.split(normalise(text)))):
        command = _command(clause)
        if command is None:
            plain.append(clause)
            continue
        if plain:
            readings.append(_describe("，".join(plain)))
            plain = []
        readings.extend(command)
    if plain:
        readings.append(_describe("，".join(plain)))
    return readings


def _command(clause: str) -> list[Reading] | None:
    """A clause that alters the picture there is; None for one that describes."""
    if _AGAIN.fullmatch(clause) and len(clause) > 1:
        return [Reading(change="again")]
    if _OTHER_COLOR.fullmatch(clause):
        return [Reading(loose=("colorful",))]
    if _BACKGROUND.fullmatch(clause):
        return [Reading(change="remove", target=BACKGROUND)]
    if found := _REPLACE.fullmatch(clause):
        target = _describe(found[1]).scene
        noun = target.subjects[0].thing.noun if target.subjects else ""
        return [replace(_describe(found[2]), change="replace", target=noun)]
    if found := _WITHOUT.search(clause):
        rest = clause[: found.start()] + clause[found.end() :]
        return [_describe(rest), replace(_describe(found[1]), change="remove")]
    if (found := _REMOVE.fullmatch(clause)) and (found[1] or found[2]):
        if found[1] and found[2]:
            return [_describe(found[1]), replace(_describe(found[2]), change="remove")]
        return [replace(_describe(found[1] or found[2]), change="remove")]
    if found := _ADD.fullmatch(clause):
        return [replace(_describe(found[1]), change="add")]
    return None


def _describe(text: str) -> Reading:
    return replace(describe(text), request=bool(_REQUEST.match(text)))
