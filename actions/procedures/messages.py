"""What the navigator says: what was understood, what is urgent, one question, and the list."""

from collections.abc import Iterable

from actions.city import City
from actions.talking.language import only_in_japanese
from actions.talking.menu import HUMAN
from kit.wording import day_words, listed, translated
from messages.neutral import OpenLink, Payload, Text
from services.procedures.contract import Guide, Question, ToDo, spoken_url

_MOST_WAYS, _MOST_CHOICES = 4, 13
ALL, NONE = "all", "none"
"""Answers to a question for several: that was all; there is none of it."""
NOT_KNOWN = Payload(label="わからない", payload='/ask_procedure{"procedure_answer": "unknown"}')
LATER = Payload(label="あとで", payload='/ask_procedure{"procedure_answer": "later"}')
GO_ON = Payload(label="手続きの続き", payload='/ask_procedure{"procedure_answer": "go_on"}')

LEFT_FOR_LATER = Text(
    text="わかりました。ここまでの内容は残してあります。\n"
    "「手続きの続き」と送ってくだされば、いつでも続きからご案内します。",
    choices=(GO_ON, HUMAN),
)
NOTHING_BEGUN = Text(
    text="続きになる手続きの案内は、まだありません。\n"
    "「引っ越してきた」「母が亡くなった」のように、何があったかを送ってください。",
    choices=(HUMAN,),
)
ONCE_MORE = {
    "yes_no": "「はい」か「いいえ」で教えてください。",
    "choice": "近いものを選んでください。",
    "several": "あるものを送るか、ボタンで選んでください。",
    "number": "数字で教えてください。",
    "date": "「11月20日」のように、日付で教えてください。",
    "people": "「3歳と5歳」のように、年齢で教えてください。いなければ「いない」と送ってください。",
}
IMPOSSIBLE = {
    "date": "その日付では期限を数えられません。もう一度、日付を教えてください。",
    "people": "年齢をもう一度教えてください。",
    "number": "その数では合わないようです。もう一度教えてください。",
}
CANNOT_BE = Text(text="その日付では期限を数えられません。もう一度、日付を教えてください。")
WHICH_EVENT = Text(
    text=(
        "どのようなときの手続きですか？\n"
        "「母が亡くなった」「子どもが生まれた」「会社を辞めた」のように送ってください。"
        "することを順にご案内します。"
    ),
    choices=(
        Payload(label="引っ越しの手続き", payload="/ask_moving"),
        GO_ON,
        Payload(label="よくある質問", payload="/ask_faq"),
        HUMAN,
    ),
)
WISHES = {
    "remind": Text(
        text="期限の7日前・3日前・前日に、ここでお知らせします。\n"
        "一覧で済んだものに印を付けると、そのお知らせは止まります。"
    ),
    "helpful": Text(text="ありがとうございます。ほかにもお困りのことがあれば、送ってください。"),
    "not_helpful": Text(
        text="足りないところがあり、申し訳ありません。職員が一緒に確かめることもできます。",
        choices=(HUMAN,),
    ),
}
WHICH_MOVE = Text(
    text=(
        "市の外から来た方と市内で移った方は、新しい家に住み始めてから14日以内に、"
        "転入届や転居届を出します。市の外へ出る方は、引っ越す前に転出届を出します。\n"
        "どのお引っ越しですか？"
    ),
    choices=(
        Payload(label="市の外から来た", payload='/ask_procedure{"procedure_event": "moving_in"}'),
        Payload(label="市の外へ出る", payload='/ask_procedure{"procedure_event": "moving_out"}'),
        Payload(label="市の中で移る", payload='/ask_procedure{"procedure_event": "moving_within"}'),
        HUMAN,
    ),
)


def beginning(
    guide: Guide, city: City, *, comforted: bool, late: str = "", also: Payload | None = None
) -> Text:
    """Return what was understood, what is urgent already, and the first question.

    `also` leads to the list of another event that was told.
    """
    if guide.question is None:
        return the_list(guide, city, lead=late)
    understood = _understood(guide, city, comforted=comforted)
    beside = (
        translated("{list}も、下のボタンから一覧にできます。", list=translated(also.label))
        if also
        else ""
    )
    parts = [*understood, beside, late, question_words(guide.question)]
    *offered, unknown, later = choices(guide.question)
    offered += [also] if also else []
    return Text(
        text="\n\n".join(filter(None, parts)), choices=(*offered, unknown, later)[-_MOST_CHOICES:]
    )


def next_step(guide: Guide, city: City, *, lead: str = "") -> Text:
    """Return the next question, or the list where nothing is left to ask."""
    if guide.question is None:
        return the_list(guide, city, lead=lead)
    words = "\n\n".join(filter(None, (lead, question_words(guide.question))))
    return Text(text=words, choices=choices(guide.question))


def _understood(guide: Guide, city: City, *, comforted: bool) -> Iterable[str]:
    yield "" if comforted else translated(guide.opening)
    yield from only_in_japanese(city.general_desk.phone)
    yield translated("【{heading}】", heading=translated(guide.title))
    known = [f"・{one.label}：{one.words}" for one in guide.known if one.words]
    if known:
        heading = translated("うかがったこと（ちがうところは、そのまま送ってください）")
        yield "\n".join([heading, *known])
    if guide.first:
        urgent = "\n".join(to_do_words(one) for one in guide.first)
        yield translated("まず、急ぐものです。") + "\n" + urgent
    yield translated("あと少しうかがうと、あてはまるものだけの一覧にできます。")


def question_words(question: Question) -> str:
    """Return a question, with what of several was named already."""
    if not question.chosen:
        return question.words
    labels = {one.value: one.label for one in question.choices}
    named = listed([labels[value] for value in question.chosen if value in labels])
    return translated(
        "{question}\n（{named}は、うかがいました。ほかにもあれば教えてください。）",
        question=question.words,
        named=named,
    )


def choices(question: Question) -> tuple[Payload, ...]:
    """Return the buttons of a question."""
    if question.kind == "yes_no":
        offered = [answer("はい", "yes"), answer("いいえ", "no")]
    elif question.kind == "people":
        offered = [answer("いない", NONE)]
    elif question.kind == "several":
        left = [one for one in question.choices if one.value not in question.chosen]
        offered = [answer(one.label, one.value) for one in left]
        offered += [answer("これで全部", ALL) if question.chosen else answer("どれもない", NONE)]
    else:
        offered = [answer(one.label, one.value) for one in question.choices]
    return (*offered, NOT_KNOWN, LATER)


def answer(label: str, value: str) -> Payload:
    """Return a button that answers the open question."""
    payload = f'/ask_procedure{{"procedure_answer": "{value}"}}'
    return Payload(label=label, payload=payload)


def the_list(guide: Guide, city: City, *, lead: str = "") -> Text:
    """Return the most urgent, how many more there are, and the way to everything."""
    parts = [lead] if lead else []
    if guide.left == 0 and guide.maybe == 0:
        parts.append(translated("「{title}」の手続きは、すべて済んでいます。", title=guide.title))
    else:
        head = translated("「{title}」ですることは{n}件です。", title=guide.title, n=guide.left)
        rows = "\n".join(to_do_words(one) for one in guide.first)
        more = guide.left - len(guide.first)
        rest = translated("ほか{n}件", n=more) if more > 0 else ""
        maybe = (
            translated("当てはまるかもしれないもの：{n}件", n=guide.maybe) if guide.maybe else ""
        )
        parts.append("\n".join(filter(None, [head, rows, rest, maybe])))
        parts.append(
            translated(
                "期限・窓口・持ち物は、専用ページで見られます。済んだものに印も付けられます。"
            )
        )
    if guide.is_demonstration:
        parts.append(translated(city.notices.answer))
    remind = '/ask_procedure{"procedure_answer": "remind"}'
    quiet = guide.reminds or guide.is_discreet
    offered = () if quiet else (Payload(label="期限の前に知らせて", payload=remind),)
    useful = (answer("役に立った", "helpful"), answer("足りない", "not_helpful"))
    link = open_list(guide)
    return Text(text="\n\n".join(parts), choices=(link, *offered, *useful, HUMAN))


def open_list(guide: Guide) -> OpenLink:
    """Return the way to the page, in the language that is spoken now."""
    return OpenLink(label="一覧を開く", url=spoken_url(guide.url))


def to_do_words(one: ToDo) -> str:
    """Return a thing to do in two lines: title; its term and desk."""
    if one.due is not None:
        ended = "{day}で期限が過ぎています。お早めに" if one.is_over else "{day}まで"
        when = translated(ended, day=day_words(one.due))
    else:
        when = one.term
    about = "・".join(filter(None, (when, one.desk)))
    whom = [translated("　あてはまる方：{whom}", whom=one.for_whom)] if one.for_whom else []
    return "\n".join([f"■ {one.title}", f"　{about}", *whom])


def chosen_words(question: Question, label: str) -> Text:
    """Say what was added to several, and how to go on."""
    words = translated(
        "「{label}」ですね。ほかにもあれば選んでください。なければ「これで全部」を押してください。",
        label=label,
    )
    return Text(text=words, choices=choices(question))


def corrected(before: Guide, now: Guide) -> str:
    """Say which facts were put right, and which were told beside the question."""
    told = {one.name: one.words for one in before.known}
    changed = [one for one in now.known if told.get(one.name, one.words) != one.words]
    facts = [f"{one.label}：{one.words}" for one in changed if one.words]
    said = [translated("直しました（{facts}）。", facts="、".join(facts))] if facts else []
    asked = before.question.name if before.question else ""
    new = [one for one in now.known if one.name not in told and one.name != asked and one.words]
    heard = [f"{one.label}：{one.words}" for one in new]
    heard += [label for label in now.noted if label not in before.noted]
    said += [translated("うかがいました（{facts}）。", facts="、".join(heard))] if heard else []
    if now.done > before.done:
        said.append(translated("済んだ印を付けました。"))
        said += (
            [translated("次に急ぐものです。"), *map(to_do_words, now.first)] if now.question else []
        )
    return "\n".join(said)


def once_more(question: Question) -> Text:
    """Ask again, saying how it can be answered."""
    hint = translated(ONCE_MORE[question.kind])
    return Text(text=f"{question_words(question)}\n{hint}", choices=choices(question))


def impossible(question: Question) -> Text:
    """Say kindly that an answer cannot be right."""
    hint = IMPOSSIBLE.get(question.kind, ONCE_MORE[question.kind])
    return Text(text=hint, choices=choices(question))


def back_to(guide: Guide) -> str:
    """Lead back to the question that was open when something else was asked."""
    return translated("「{title}」の続きです。", title=guide.title)


def offer(event: str) -> Text:
    """Offer the whole list beside the answer to one matter of it."""
    begin = f'/ask_procedure{{"procedure_event": "{event}"}}'
    return Text(
        text="ほかに必要な手続きも、期限の順に一覧にできます。",
        choices=(Payload(label="一覧を作る", payload=begin), HUMAN),
    )


def so_far(guide: Guide) -> Text:
    """Return the list as it stands while a question is still open."""
    rows = "\n".join(to_do_words(one) for one in guide.first)
    head = translated("いまわかっている範囲の一覧です。あてはまらないものも入っています。")
    more = translated("あと少しうかがうと、あてはまるものだけの一覧にできます。")
    return Text(text="\n".join(filter(None, (head, rows, more))), choices=(open_list(guide),))


def urgent(guide: Guide) -> Text:
    """Return only what cannot wait."""
    rows = map(to_do_words, guide.first)
    return Text(text="\n".join([translated("まず、急ぐものです。"), *rows]))


def without_coming(guide: Guide, city: City) -> str:
    """Return what can be done without coming, and what whoever comes instead needs."""
    rows = [f"■ {one.title}（{one.kind}）\n　{one.words}" for one in guide.elsewhere[:_MOST_WAYS]]
    proxy = translated(
        "ご家族など代わりの方でもできる手続きが多くあります。委任状などが要るものもあるため、"
        "先に電話（{phone}）でお確かめください。",
        phone=city.general_desk.phone,
    )
    head = [translated("窓口へ行かずにできるものです。"), *rows] if rows else []
    return "\n".join([*head, proxy])


def late(guide: Guide) -> str:
    """Return what becomes of who is late with the urgent, without frightening anybody."""
    rows = [f"■ {one.title}\n　{one.missed}" for one in guide.first if one.missed]
    head = translated("期限を過ぎていても、手続きはできます。なるべく早めに窓口へお越しください。")
    fined = any("過料" in one.missed for one in guide.first)
    tail = translated("過料になるかどうかは裁判所が決めます。必ずかかるものではありません。")
    return "\n".join([head, *rows, *([tail] if fined else [])])


def to_bring(guide: Guide) -> str:
    """Return what is brought for the urgent."""
    rows = [f"■ {one.title}\n　{'、'.join(one.bring)}" for one in guide.first if one.bring]
    return "\n".join([translated("持ち物です。"), *rows]) if rows else ""


def desks(guide: Guide) -> str:
    """Return where the urgent is done, and when."""
    rows = [f"■ {one.title}\n　{one.desk}（{one.place}）{one.hours}" for one in guide.first]
    return "\n".join([translated("窓口です。"), *rows])


def terms(guide: Guide) -> str:
    """Return until when the urgent is to be done."""
    return "\n".join([translated("期限です。"), *map(to_do_words, guide.first)])
