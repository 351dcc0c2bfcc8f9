"""What residents read about a forecast or a measurement. It says what the published schedule
allows and whom to ask, and clears nobody."""

from kit.wording import translated
from services.health.growth import Answer
from services.health.lines import Line

_STATES = {
    "valid": "接種の記録は、決められた時期と間隔に合っています。",
    "not_valid": "この接種は、決められた時期や間隔と合わないようです。",
    "later": "受けられる時期はこれからです。",
    "due_soon": "もうすぐ標準的な時期になります。",
    "due": "標準的な時期です。",
    "overdue": "標準的な時期は過ぎましたが、定期接種の期間内です。",
    "too_late": "定期接種の期間を過ぎています。",
    "ask": "かかりつけの小児科か保健センターにご確認ください。",
    "complete": "定期接種の回数が済んでいます。",
    "not_eligible": "このワクチンの対象ではありません。",
    "allowed": "予定日は、決められた時期と間隔に合っています。",
    "refused": "予定日には受けられません。",
}
_REASONS = {
    "too_young": "対象の年齢になる前です。",
    "too_short": "前の接種からの間隔が足りません。",
    "live_conflict": "ほかの注射の生ワクチンからの間隔が足りません。",
    "duplicate": "同じ接種がすでに記録されています。",
    "too_old": "対象の年齢を過ぎています。",
    "wrong_product": "始めたワクチンと種類が違います。",
    "sex": "性別によって対象が決まる接種です。",
    "not_in_programme": "その日の定期接種にはないワクチンです。",
    "unknown": "ワクチンの名前を確認できません。",
    "incomplete": "接種日の日付まで確認が必要です。",
    "condition": "体調や病気について、医師への確認が必要です。",
}
_GROWTH_REFUSALS = {
    "no_reference": "この日齢・月齢の目安は、2023年の調査にありません。",
    "unit": "単位か小数点をご確認ください。体重はkg、身長と頭囲はcmです。",
    "sex": "性別が登録されていないため、比べられません。",
    "date": "日付をご確認ください。",
    "kind": "体重、身長、頭囲のいずれかを選んでください。",
    "value": "数値をご確認ください。",
}
_OUTSIDE = (
    "目安の線（3〜97パーセンタイル）の外側です。育ち方はお子さんによって違います。"
    "気になるときは、保健センターの保健師か小児科にご相談ください。"
)


def line_words(line: Line) -> list[str]:
    """One sentence for the state and one for each reason."""
    reasons = (line.reason or "").split(",") if line.reason else []
    return [translated(_STATES[line.state])] + [translated(_REASONS[name]) for name in reasons]


def growth_words(answer: Answer) -> str:
    """One sentence or two about where a measurement stands."""
    if answer.percentile is None:
        return translated(_GROWTH_REFUSALS[answer.reason or "value"])
    if isinstance(answer.percentile, str):
        return translated(_OUTSIDE)
    return translated(
        "同じ月齢の子の{percentile}パーセンタイルあたりです（2023年の調査）。",
        percentile=f"{answer.percentile:.0f}",
    )
