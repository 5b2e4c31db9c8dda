"""What a wish does to the picture there is: a new one, more about it, less of it, or another of the same. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from artbot_server.llm.demo.lexicon import ANIMATE, words
from artbot_server.llm.demo.reading import BACKGROUND, Reading, located
from artbot_server.llm.demo.scene import ONE_OF_A_KIND, Phrase, Scene, Subject, Thing, phrase_words

_SIZES = frozenset({"big", "small", "little", "tiny", "huge", "giant", "large"})
_NEVER_A_SUBJECT = frozenset({"place", "sky", "nature"})


def applied(scene: Scene | None, reading: Reading, wording: str) -> Scene | None:
    """The picture after this wish; None while there is nothing to draw."""
    if reading.empty:
        return scene
    if scene is None:
        drawable = reading.scene.subjects or any(p.kind not in ("action", "relation") for p in reading.scene.phrases)
        nothing = not drawable or reading.change in ("again", "remove")
        return None if nothing else _begun(reading, wording)
    match reading.change:
        case "again":
            return replace(scene, variation=scene.variation + 1)
        case "remove":
            return _removed(scene, reading)
        case "replace":
            return _replaced(scene, reading)
        case "add":
            return _added(scene, reading)
    if reading.scene.subjects and not reading.refers:
        return _more_or_new(scene, reading, wording)
    if reading.request and reading.scene.phrases and not reading.refers:
        return _begun(reading, wording)
    return _told_more(scene, reading)


def _begun(reading: Reading, wording: str) -> Scene:
    return replace(_told_more(replace(reading.scene, phrases=(), wording=wording), reading), wording=wording)


def _more_or_new(scene: Scene, reading: Reading, wording: str) -> Scene:
    """A bare noun the picture already has tells more about it; a bare place moves it; any other subject is new."""
    said = reading.scene.subjects[0].thing
    if not reading.request and len(reading.scene.subjects) == 1:
        if words().kind(said.noun) in _NEVER_A_SUBJECT and scene.subjects and not said.qualities and not said.count:
            place = Phrase(place_lead(said.noun), (replace(said, article="the"),), located("in", said).kind)
            return _told_more(
                scene,
                replace(reading, scene=replace(reading.scene, subjects=(), phrases=(place, *reading.scene.phrases))),
            )
        if any(subject.thing.noun == said.noun for subject in scene.subjects):
            return _same_noun(scene, reading)
    return _begun(reading, wording)


def place_lead(noun: str) -> str:
    """The preposition the lexicon gives a place: "on" for a beach, "in" for anything unknown."""
    for entry in words().chinese.values():
        if entry.word_class == "place" and entry.english.partition(" ")[2] == noun:
            return entry.english.partition(" ")[0]
    return "under" if words().kind(noun) == "sky" else "in"


def _same_noun(scene: Scene, reading: Reading) -> Scene:
    said = reading.scene.subjects[0]

    def told(thing: Thing) -> Thing:
        return replace(thing, count=said.thing.count or thing.count, plural=thing.plural and not said.thing.count)

    subjects = tuple(
        Subject(told(_with_qualities(subject, said.thing.qualities).thing), merged(subject.phrases, said.phrases))
        if subject.thing.noun == said.thing.noun
        else subject
        for subject in scene.subjects
    )
    return _told_more(replace(scene, subjects=subjects), replace(reading, scene=replace(reading.scene, subjects=())))


def _told_more(scene: Scene, reading: Reading) -> Scene:
    """Phrases, styles, loose qualities and a loose count, onto the picture and its first subject."""
    said = reading.scene
    subjects = scene.subjects
    if subjects and (reading.loose or reading.count):
        first = _with_qualities(subjects[0], reading.loose)
        first = replace(
            first,
            thing=replace(
                first.thing,
                count="" if reading.count == "one" else reading.count or first.thing.count,
                plural=False if reading.count else first.thing.plural,
            ),
        )
        subjects = (first, *subjects[1:])
    own = tuple(phrase for phrase in said.phrases if phrase.kind in ("action", "relation"))
    if subjects and own:
        last = subjects[-1]
        subjects = (*subjects[:-1], replace(last, phrases=merged(last.phrases, own)))
    rest = said.phrases if not subjects else tuple(phrase for phrase in said.phrases if phrase not in own)
    styles = said.styles or scene.styles
    return replace(scene, subjects=subjects, phrases=merged(scene.phrases, rest), styles=styles)


def merged(old: Iterable[Phrase], new: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """New phrases after old ones; of a kind that there is one of, the new one stands."""
    added = tuple(new)
    taken = {phrase.kind for phrase in added} & ONE_OF_A_KIND
    leads = {phrase.lead for phrase in added if phrase.lead == "wearing"}
    kept = (p for p in old if p.kind not in taken and p not in added and p.lead not in leads)
    return (*kept, *added)


def _with_qualities(subject: Subject, qualities: tuple[str, ...]) -> Subject:
    """A new colour takes the place of the old, a new size that of the old size; other adjectives add up."""
    thing = subject.thing
    kept = [q for q in thing.qualities if not any(_rivals(q, new) for new in qualities)]
    colors = [q for q in (*kept, *qualities) if is_color(q)]
    others = [q for q in (*kept, *qualities) if not is_color(q)]
    return replace(subject, thing=replace(thing, qualities=tuple(dict.fromkeys([*others, *colors]))))


def is_color(quality: str) -> bool:
    """Whether a quality is a colour or a coat, also "light blue" and "black and white"."""
    return quality in words().colors or quality.rpartition(" ")[2] in words().colors


def _rivals(old: str, new: str) -> bool:
    return (is_color(old) and is_color(new)) or (old in _SIZES and new in _SIZES)


def _removed(scene: Scene, reading: Reading) -> Scene:
    """Takes nouns, and qualities or styles of that name, out of the picture and keeps them out.

    The only subject stays: without it there would be no picture.
    """
    if reading.target == BACKGROUND:
        return replace(scene, phrases=tuple(phrase for phrase in scene.phrases if phrase.kind not in ("place", "tag")))
    nouns = [subject.thing.noun for subject in reading.scene.subjects]
    nouns += [thing.noun for phrase in reading.scene.phrases for thing in phrase.things]
    kinds = {phrase.kind for phrase in reading.scene.phrases} & {"weather", "time"}
    nouns += [
        phrase.lead.rpartition(" ")[2] for phrase in reading.scene.phrases if phrase.kind in kinds and not phrase.things
    ]
    gone = set(nouns)
    leads = {phrase_words(phrase) for phrase in reading.scene.phrases}
    subjects = tuple(
        replace(
            subject,
            thing=replace(subject.thing, qualities=tuple(q for q in subject.thing.qualities if q not in reading.loose)),
            phrases=_without(subject.phrases, gone, leads),
        )
        for subject in scene.subjects
        if subject.thing.noun not in gone or len(scene.subjects) == 1
    )
    stays = {subject.thing.noun for subject in subjects}
    return replace(
        scene,
        subjects=subjects,
        phrases=_without((phrase for phrase in scene.phrases if phrase.kind not in kinds), gone, leads),
        styles=tuple(style for style in scene.styles if style not in reading.scene.styles),
        without=tuple(dict.fromkeys([*scene.without, *(noun for noun in nouns if noun not in stays)])),
    )


def _without(phrases: Iterable[Phrase], gone: set[str], leads: set[str]) -> tuple[Phrase, ...]:
    kept = []
    for phrase in phrases:
        things = tuple(thing for thing in phrase.things if thing.noun not in gone)
        if phrase_words(phrase) not in leads and (things or not phrase.things):
            kept.append(replace(phrase, things=things))
    return tuple(kept)


def _replaced(scene: Scene, reading: Reading) -> Scene:
    """Another noun in the old one's place, or another quality for the noun named."""
    new = reading.scene.subjects[0] if reading.scene.subjects else None
    if new is None and reading.target:
        changed = _map_things(scene, reading.target, reading.loose)
        if changed == scene and scene.subjects and words().kind(reading.target) in ("body", "clothes"):
            part = Thing(reading.target, qualities=reading.loose, article="" if reading.target in words().mass else "a")
            changed = replace(
                scene, subjects=(_wearing(scene.subjects[0], Phrase("with", (part,))), *scene.subjects[1:])
            )
        return _told_more(changed, replace(reading, loose=()))
    if new is None or not scene.subjects:
        return _told_more(scene, reading) if new is None else _begun(reading, scene.wording)
    if words().kind(new.thing.noun) in _NEVER_A_SUBJECT and words().kind(reading.target) not in ANIMATE:
        return _more_or_new(scene, replace(reading, change="say"), scene.wording)
    index = next((i for i, subject in enumerate(scene.subjects) if subject.thing.noun == reading.target), None)
    if index is None and reading.target:
        swapped = _swap_things(scene, reading.target, new.thing)
        return swapped if swapped != scene else _told_more(scene, reading)
    old = scene.subjects[index or 0]
    thing = replace(
        new.thing,
        count=new.thing.count or old.thing.count,
        qualities=new.thing.qualities or old.thing.qualities,
        plural=new.thing.plural and not old.thing.count,
    )
    subject = Subject(thing, merged(old.phrases, new.phrases))
    subjects = tuple(subject if i == (index or 0) else other for i, other in enumerate(scene.subjects))
    return _told_more(
        replace(scene, subjects=subjects),
        replace(reading, scene=replace(reading.scene, subjects=()), loose=(), count=""),
    )


def _map_things(scene: Scene, target: str, qualities: tuple[str, ...]) -> Scene:
    """Gives qualities to every thing of that name, wherever in the picture it is."""

    def touched(thing: Thing) -> Thing:
        return _with_qualities(Subject(thing), qualities).thing if thing.noun == target else thing

    return _each_thing(scene, touched)


def _swap_things(scene: Scene, target: str, new: Thing) -> Scene:
    return _each_thing(scene, lambda thing: new if thing.noun == target else thing)


def _each_thing(scene: Scene, change: Callable[[Thing], Thing]) -> Scene:
    def phrases(listed: Iterable[Phrase]) -> tuple[Phrase, ...]:
        return tuple(replace(phrase, things=tuple(map(change, phrase.things))) for phrase in listed)

    subjects = tuple(Subject(change(subject.thing), phrases(subject.phrases)) for subject in scene.subjects)
    return replace(scene, subjects=subjects, phrases=phrases(scene.phrases))


def _added(scene: Scene, reading: Reading) -> Scene:
    """One more subject when it lives, otherwise something the first one wears or has beside it."""
    subjects = list(scene.subjects)
    phrases: list[Phrase] = []
    for new in reading.scene.subjects:
        kind = words().kind(new.thing.noun)
        if kind in ANIMATE or not subjects:
            subjects.append(new)
        elif kind in ("place", "sky", "nature", "building"):
            phrases.append(Phrase("", (new.thing,), "tag"))
        else:
            lead = "wearing" if kind == "clothes" else "with"
            subjects[0] = _wearing(subjects[0], Phrase(lead, (new.thing,)))
    added = {thing.noun for subject in reading.scene.subjects for thing in [subject.thing]}
    scene = replace(
        scene,
        subjects=tuple(subjects),
        phrases=merged(scene.phrases, phrases),
        without=tuple(noun for noun in scene.without if noun not in added),
    )
    return _told_more(scene, replace(reading, scene=replace(reading.scene, subjects=())))


def _wearing(subject: Subject, phrase: Phrase) -> Subject:
    """Joins what is already worn or held: "wearing a hat and a scarf"."""
    for index, old in enumerate(subject.phrases):
        if old.lead == phrase.lead:
            joined = replace(old, things=(*old.things, *(thing for thing in phrase.things if thing not in old.things)))
            return replace(subject, phrases=(*subject.phrases[:index], joined, *subject.phrases[index + 1 :]))
    return replace(subject, phrases=(*subject.phrases, phrase))
