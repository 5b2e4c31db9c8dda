"""Cuts Chinese text into known words: fewest unknown characters first, then fewest words. Pure.

So 五颜六色 is one word before it is the number five, 下雪天 is weather before it is anything with "snow", and
晚上海底 is 晚上 + 海底 and not 上海.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

from artbot_server.llm.demo.lexicon import SMALL_NUMBERS, words

TokenKind = Literal[
    "noun", "place", "time", "weather", "color", "adjective", "verb", "style",
    "count", "side", "and", "at", "have", "of", "it", "skip", "latin", "unknown", "end",
]  # fmt: skip

_NUMBERS = {
    "一": "one", "两": "two", "二": "two", "俩": "two", "三": "three", "四": "four", "五": "five", "六": "six",
    "七": "seven", "八": "eight", "九": "nine", "十": "ten", "十二": "twelve", "几": "several", "数": "several",
    "许多": "many", "很多": "many", "好多": "many", "好几": "several", "无数": "countless", "一些": "some", "半": "half a",
    "一百": "a hundred", "百": "a hundred", "一千": "a thousand", "成群": "many", "各种": "various", "两三": "two or three",
}  # fmt: skip
_UNITS = {
    "杯": "cup", "碗": "bowl", "瓶": "bottle", "盘": "plate", "束": "bouquet", "群": "group", "堆": "pile", "篮": "basket",
    "排": "row", "块": "piece", "双": "pair", "串": "bunch", "窝": "group", "壶": "pot", "锅": "pot", "滴": "drop",
    "队": "line", "帮": "group", "罐": "jar", "箱": "box",
}  # fmt: skip
_MEASURES = "只条个朵头匹位名张把本辆艘座棵片对架间栋幢幅件顶支根颗粒台尾峰株道轮缕层种口扇面盏列节套枚朵款枝丛栏册部"
_SIDES = {
    "里": "in", "里面": "in", "中": "in", "之中": "in", "内": "in", "上": "on", "上面": "on", "之上": "above", "上方": "above",
    "下": "under", "下面": "under", "之下": "under", "底下": "under", "下方": "under", "旁": "beside", "旁边": "beside",
    "边": "beside", "边上": "beside", "身边": "beside", "前": "in front of", "前面": "in front of", "前方": "in front of",
    "后": "behind", "后面": "behind", "背后": "behind", "身后": "behind", "中间": "in the middle of", "之间": "between",
    "附近": "near", "周围": "around", "对面": "opposite", "外": "outside", "外面": "outside", "背上": "on the back of",
}  # fmt: skip
_FUNCTION: dict[TokenKind, str] = {
    "and": "和 与 跟 及 、 以及 还有 并且 并 同时",
    "at": "在 正在 位于 处于 放在 摆在 挂在",
    "have": "有 有着 带有 长着 拥有 有一",
    "of": "的 地 得 之",
    "it": "它 他 她 它们 他们 她们 这只 那只 这个 那个 同一只 同样 刚才 刚刚 原来 上一张",
    "skip": "着 了 过 是 把 被 给 让 也 都 就 很 非常 十分 特别 超级 超 最 真 太 好 更 更加 比较 有点 一点 一点儿 些 吗 呢 吧 啊 呀 "
    "哦 嘛 哈 正 会 能 可以 能不能 可不可以 而 且 还 这 那 个 只 张 幅 条 位 朵 去 来 到 向 往 从 对 为 用 以 一起 一边 一样 "
    "上去 起来 出来 下来 过来 天 时 时候 的时候 时分 里 成 要 想 需要 希望 应该 中 请 帮 帮我 给我 我 你 您 我们 你们 一下 然后 "
    "变得 变 作为 背景 背景是 风 风格 风格的 画风 作品 主题 场景 画面 图 图片 图像 照 画 生成 创作 绘制 做 看 看到 看见 想要 "
    "我要 我想 我想要 我想看 我想画 想看 一张 一幅 来一张 画一张 画一幅 换 换成 样子 东西 身上 自己 互相 全 全部 所有 整个 主角 "
    "再 又 不 不是 画出 出 颜色 谢谢 你好 您好 嗨 好的 拜托 麻烦",
}
_SHADES = {"浅": "light", "淡": "light", "深": "dark", "暗": "dark", "亮": "bright", "嫩": "light", "纯": "pure"}
_COUNT = re.compile(f"({'|'.join(sorted(_NUMBERS, key=len, reverse=True))}|[0-9]+)([{_MEASURES}{''.join(_UNITS)}])?")
_LATIN = re.compile(r"[a-z0-9][a-z0-9'\-]*")


@dataclass(frozen=True, slots=True)
class Token:
    """One word. `english` is empty for words that only bind others; `detail` is a noun's kind, a verb's, or a unit."""

    kind: TokenKind
    text: str
    english: str = ""
    detail: str = ""


END = Token("end", "")


def normalise(text: str) -> str:
    """Half-width, lower-case, simplified."""
    return unicodedata.normalize("NFKC", text).lower().translate(dict(words().traditional))


def tokens(text: str) -> list[Token]:
    """Cut normalised text. Runs of unknown characters come out as one `unknown` token each."""
    nothing = Token("skip", "")
    costs = [(0, 0, nothing), *[(1 << 30, 0, nothing)] * len(text)]
    for start in range(len(text)):
        for end, token in _starting(text, start):
            price = costs[start][0] + _price(token)
            if price < costs[end][0] or (price == costs[end][0] and start > costs[end][1]):
                costs[end] = (price, start, token)
    found: list[Token] = []
    position = len(text)
    while position:
        _, start, token = costs[position]
        if not token.text.isspace():
            found.append(token)
        position = start
    return _join_unknown(found[::-1])


def _price(token: Token) -> int:
    """An unknown character costs most; a word that draws nothing a little more than one that does (面条 before 画面)."""
    return 100 * len(token.text) if token.kind == "unknown" else 10 if token.english else 11


def _starting(text: str, start: int) -> list[tuple[int, Token]]:
    """Every word that may begin here, with where it ends."""
    options: list[tuple[int, Token]] = [(start + 1, Token("unknown", text[start]))]
    if (latin := _LATIN.match(text, start)) and not latin[0].isdigit():
        options = [(latin.end(), Token("latin", latin[0]))]
    elif not _is_han(text[start]) and not text[start].isdigit():
        options = [(start + 1, Token("and" if text[start] == "、" else "skip", text[start]))]
    for end in range(start + 1, min(start + words().longest, len(text)) + 1):
        if known := _word(text[start:end]):
            options.append((end, known))
    options.extend(_counts(text, start))
    return options


def _counts(text: str, start: int) -> list[tuple[int, Token]]:
    """A number that begins here, with its measure word and without."""
    found = _COUNT.match(text, start)
    if found is None:
        return []
    written, measure = found[1], found[2] or ""
    small = written.isdigit() and int(written) < len(SMALL_NUMBERS)
    number = SMALL_NUMBERS[int(written)] if small else _NUMBERS.get(written, written)
    if measure == "对" and number == "one":
        number = "two"
    listed = [(found.end(), Token("count", found[0], number, _UNITS.get(measure, "")))]
    return [*listed, (found.end(1), Token("count", written, number))] if measure else listed


def _word(text: str) -> Token | None:
    entry = words().chinese.get(text)
    if entry is not None:
        return Token(entry.word_class, text, entry.english, entry.kind)
    if text in _SIDES:
        return Token("side", text, _SIDES[text])
    if (function := _functions().get(text)) is not None:
        return Token(function, text)
    if text[:1] in _SHADES and (color := words().chinese.get(text[1:])) and color.word_class == "color":
        return Token("color", text, f"{_SHADES[text[0]]} {color.english}")
    if len(text) == 2 and text[0] == text[1]:
        single = words().chinese.get(text[0])
        if single and single.word_class in ("color", "adjective"):
            return Token(single.word_class, text, single.english)
    return None


@cache
def _functions() -> dict[str, TokenKind]:
    return {word: kind for kind, listed in _FUNCTION.items() for word in listed.split()}


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _join_unknown(found: list[Token]) -> list[Token]:
    joined: list[Token] = []
    for token in found:
        if token.kind == "unknown" and joined and joined[-1].kind == "unknown":
            joined[-1] = Token("unknown", joined[-1].text + token.text)
        else:
            joined.append(token)
    return joined
