"""Short answers to what is no picture: greetings, thanks, questions. Pure.

Each ends like a sentence, so that nobody takes it for a prompt.
It says plainly what answers here: rules, not a language model.
"""

from __future__ import annotations

import re
import zlib

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_EDGES = re.compile(r"^[\s~!！。.,，?？、…]+|[\s~!！。.,，、…]+$")
_DRAWS_ZH = re.compile(r"画[^家面]|画$|生成|加|换|变|来[一两几个张]|不要|去掉|想要|想看|一[只个条朵张幅]")
_DRAWS_EN = re.compile(
    r"\b(?:draw|paint|sketch|create|generate|render|imagine|make|add|remove|change|show me|i want|i'd like|"
    r"picture of|can i (?:have|see|get)|"
    r"(?:what|how) about|prompt for)\b"
)
_ZH = (
    ("who", r"(?:你|您)(?:是谁|是什么|叫什么(?:名字)?|是ai吗|是人吗|是机器人吗|是真人吗|是chatgpt吗|是gpt吗|是不是.*)|介绍一下(?:你|您)?自己|自我介绍(?:一下)?|"
            r"(?:你|您)用的?(?:是)?什么模型.*"),
    ("can", r"(?:你|您)?(?:能|会|可以)(?:做|干|画)?(?:些|点)?(?:什么|啥|哪些).*|怎么用.*|如何使用.*|帮助|(?:你|您)有什么(?:功能|本领|用).*"),
    ("how", r"(?:你|您)?(?:好吗|怎么样|最近(?:好吗|怎么样)|今天(?:好吗|怎么样|过得好吗)|吃了吗|在吗|在不在|在么)"),
    ("hello", r"(?:(?:你|您|大家|早上|上午|中午|下午|晚上)好|早安?|晚安?好|嗨|哈喽|哈啰|喂|嘿|hi|hello|hey|[，,！!\s啊呀哦])+"),
    ("thanks", r"(?:非常|太|十分|多)?(?:谢谢|感谢|多谢|谢了|谢啦|辛苦了)(?:你|您|啦|了|哦|大家|您了)*"),
    ("bye", r"(?:再见|拜拜|拜|晚安|回头见|下次见|明天见|走了)(?:啦|了|哦)*"),
    ("joke", r".*(?:笑话|段子).*"),
    ("nice", r"(?:好的?|行|可以|嗯|哦|哈|呵|嘻|不错|很好|真棒|太棒了|真好|真好看|好看|好漂亮|真漂亮|太美了|厉害|喜欢|我喜欢|很喜欢|我很喜欢|完美|对|是的?|没事|没关系|知道了|"
             r"明白了|收到|ok|[，,！!\s])+(?:呀|啊|哦|了|啦|它)*"),
)  # fmt: skip
_EN = (
    ("who", r"(?:so )?(?:who|what) (?:are|r) (?:you|u)(?: exactly| really)?|what(?:'s| is) your name|"
            r"are you (?:an? |real|human|chat ?gpt|gpt).*|introduce yourself|tell me about yourself|(?:what|"
            r"which) model.*"),
    ("can", r"what (?:can|do|could) (?:you|u|i) (?:do|draw|paint|make|ask|say)(?: here| for me)?|"
            r"help(?: me)?(?: please)?|how (?:do|can|does|should) (?:i|this|it|you).*|what is this.*"),
    ("how", r"how(?:'s it going| are (?:you|u|things)| do you do|'s everything)(?: doing)?(?: today)?|"
            r"what'?s up|sup|are you (?:ok|okay|there|well)"),
    ("hello", r"(?:(?:hi+|hello+|hey+|yo|greetings|howdy|hiya|there|good (?:morning|afternoon|evening|day)|"
              r"everyone|bot|art ?bot|again)[\s,!]*)+"),
    ("thanks", r"(?:ok(?:ay)?,? )?(?:many |oh )?(?:thanks?|thank you|thx|ty|cheers|"
               r"much appreciated)(?: (?:a lot|so much|very much|you|again|for.*))?(?:[,!]? (?:great|nice|good).*)?"),
    ("bye", r"(?:good ?)?bye(?:[ -]?bye)?(?: now| for now)?|see (?:you|ya)(?: later| soon| tomorrow)?|"
            r"good ?night|cya|farewell"),
    ("joke", r".*\bjokes?\b.*|make me laugh"),
    ("nice", r"(?:(?:ok(?:ay)?|cool|nice|great|good|perfect|awesome|wow|yes|yeah|yep|no|nope|sure|fine|lol|haha|"
             r"hm+|amazing|beautiful|lovely|wonderful|excellent|i (?:like|love) (?:it|this|that)|"
             r"that'?s (?:great|good|nice|cool|lovely|beautiful|perfect)|looks? (?:good|great|nice)|well done|"
             r"good (?:job|work)|one|job|very|so|really)[\s,!.]*)+"),
)  # fmt: skip
_QUESTION_ZH = re.compile(
    r"什么|为什么|为何|怎么|怎样|谁|哪里|哪儿|哪个|几点|几岁|等于|多少|如何|是不是|知道|喜不喜欢|好不好|^(?:你|您|我).*(?:吗|么)$|^我(?:是|很|好|觉得|喜欢|爱|今天)"
)
_QUESTION_EN = re.compile(
    r"^(?:what|why|when|where|who|whom|whose|which|how|is|are|am|was|were|do|does|did|have|has|should|will|"
    r"would|could|can)\b.*"
    r"|^(?:i am|i'm|i feel|i think|i love you|i like you|my name|tell me|you are|you're|do you)\b.*"
)
_SUM = re.compile(r"[\d\s+\-*/x×÷=().?？]+(?:等于几|是多少|等于多少)?")
_TEXT = {
    "who": ("I am the built-in demo writer: rules and a word list, not a language model. "
            "With an OpenAI key (yours, or one set on this server) a real model answers.",
            "我是内置的演示提示词写手:靠规则和词表工作,不是大语言模型。设置 OpenAI 密钥后,就由真正的模型来回答。"),
    "can": ("Say in a few words what you want to see, and I write the prompt for it; then change it step by step.",
            "用几个词说说想看的画面,我来写成英文提示词;之后还可以一步步修改。"),
    "how": ("I am well, thank you, and ready to draw.", "我很好,谢谢!随时可以开始画画。"),
    "hello": ("Hello! Tell me what you would like to see.", "你好!告诉我你想看什么画面吧。"),
    "thanks": ("You are welcome!", "不客气!"),
    "bye": ("Goodbye, and come back with an idea soon!", "再见,有新点子随时回来!"),
    "joke": ("What do you call a bear in the rain? A drizzly bear!", "熊猫最大的愿望是什么?拍一张彩色照片!"),
    "nice": ("Glad to hear it!", "太好了!"),
    "question": ("I am only the demo writer, so I cannot answer that; I can write prompts for pictures.",
                 "我只是演示写手,这个答不上来;不过我会写画面的提示词。"),
    "lost": ("I could not find a picture in that.", "这句话里我没找到可以画的东西。"),
}  # fmt: skip
_IDEAS = (
    ("a kitten on a sofa", "一只坐在沙发上的小猫"),
    ("three ducklings in a pond", "池塘里的三只小鸭"),
    ("a panda eating bamboo", "吃竹子的熊猫"),
    ("a castle at sunset", "夕阳下的城堡"),
    ("an owl with a red hat", "戴红帽子的猫头鹰"),
    ("a whale under the stars", "星空下的鲸鱼"),
    ("a fox in the snow", "雪地里的狐狸"),
)


def is_chinese(text: str) -> bool:
    """Whether to answer in Chinese."""
    return bool(_CHINESE.search(text))


def topic_of(text: str) -> str:
    """Which kind of small talk this is ("hello", "who", "question" …), "" when it may be a wish for a picture."""
    asked = text.strip().endswith(("?", "？"))
    plain = _EDGES.sub("", text.strip().lower().replace("’", "'"))
    bare = _EDGES.sub("", plain.rstrip("?？"))
    if not re.search(r"\w", bare):
        return "lost"
    for topic, pattern in _ZH if is_chinese(bare) else _EN:
        if re.fullmatch(pattern, bare):
            return topic
    if _SUM.fullmatch(bare):
        return "question"
    if is_chinese(bare):
        return "question" if _QUESTION_ZH.search(bare) and not _DRAWS_ZH.search(bare) else ""
    starts = _QUESTION_EN.match(bare)
    return (
        "question"
        if starts and not _DRAWS_EN.search(bare) and (asked or not bare.startswith(("is ", "can ", "will ")))
        else ""
    )


def answer(topic: str, text: str) -> str:
    """One or two friendly sentences in the user's language, with one or two ideas to try."""
    chinese = is_chinese(text)
    said = _TEXT[topic][chinese]
    if topic == "bye":
        return said
    first = zlib.crc32(text.encode()) % len(_IDEAS)
    one, two = _IDEAS[first][chinese], _IDEAS[(first + 3) % len(_IDEAS)][chinese]
    return f"{said}试试“{one}”或者“{two}”？" if chinese else f'{said} Try "{one}" or "{two}"?'


def not_understood(unknown: tuple[str, ...], *, chinese: bool) -> str:
    """Names the words that were left out and asks for others."""
    if chinese:
        return f"我没看懂{'、'.join(f'“{word}”' for word in unknown)}，能换个说法吗？"
    return f"I do not know {', '.join(unknown)}; could you say it in other words?"
