"""What stands in the access log, in words that residents read."""

from collections.abc import Mapping
from dataclasses import dataclass

from auth.levels import Level
from identity.audit.log import Actor
from identity.models import Access

_PLAIN = {
    "link.ended": "連携を外した",
    "link.suspended": "連携を止めた",
    "link.refused": "連携の途中で、ご本人と確かめられなかったため、つながなかった",
    "login.other_person": "ほかの方のLINEで開かれたため、ログインを断った",
    "session.ended": "ほかのブラウザのログインを終わらせた",
    "session.all_ended": "すべてのブラウザのログインを終わらせた",
    "export": "お預かりの情報を取り出した",
    "deletion.requested": "お預かりの情報の消去を始めた",
    "deletion.finished": "お預かりの情報の消去を終えた",
    "outside.given": "外部の機能に情報を見せることに同意した",
    "outside.withdrawn": "外部の機能に情報を見せるのをやめた",
    "outside.read.district": "登録している、ごみの収集の地区を見た",
    "outside.read.age_group": "年代を見た",
}
# With the title of a provider, or of a purpose.
_WITH_TITLE = {
    "link.{}": "{}とつないだ",
    "link.{}.moved": "{}が別のLINEとつながったため、連携を外した",
    "login.{}": "{}でログインした",
    "consent.given.{}": "「{}」に同意した",
    "consent.withdrawn.{}": "「{}」の同意をやめた",
}
SCOPES = {
    "developers:district:read": "外部の機能が、登録の地区を見られるようにした",
    "developers:age_group:read": "外部の機能が、年代を見られるようにした",
    "residents:people:read": "住民としての登録（ご家族を含む）を見た",
    "residents:contact:read": "連絡先を見た",
    "residents:contact:write": "連絡先を書きかえた",
    "nursery:application:read": "保育所などの申し込みを見た",
    "nursery:application:write": "保育所などの申し込みを入力した",
    "nursery:application:submit": "保育所などに申し込んだ",
    "nursery:application:withdraw": "保育所などの申し込みを取り下げた",
    "nursery:export": "保育所などの申し込みの写しを取り出した",
    "residents:contact:delete": "連絡先を消した",
    "residents:export": "住民としての記録の写しを取り出した",
    "health:record:read": "母子健康手帳の記録を見た",
    "health:record:write": "母子健康手帳に記録した",
    "health:record:withdraw": "母子健康手帳の記録を取り消した",
    "health:record:export": "母子健康手帳の記録の写しを取り出した",
    "health:share:read": "母子健康手帳の共有の一覧を見た",
    "health:share:write": "母子健康手帳の記録を共有した",
    "health:share:revoke": "母子健康手帳の記録の共有をやめた",
    "health:reminder:write": "予防接種のお知らせの設定を変えた",
    "health:shared:read": "共有された母子健康手帳の記録を見た",
    "health:desk:read": "母子健康手帳の記録を見た",
    "health:desk:emergency": "緊急のため、母子健康手帳のすべての記録を見た",
    "health:desk:list": "予防接種・健診の対象者の一覧で、氏名と住所を見た",
    "health:desk:write": "健診の結果を記録した",
    "health:export": "母子健康手帳に書いた内容の写しを取り出した",
    "residents:case:read": "本人確認のために、カードの内容を見た",
    "residents:case:decide": "本人確認の結果を決めた",
}
_PROGRAM_REASONS = {
    "unfollowed": "公式LINEがブロックされたため",
    "restored": "消した情報が、機器の復旧で戻ったため",
    "as asked": "消去の申し出を受けて",
}
_PROVEN_BY = {
    Level.L0: "",
    Level.L1: "LINEで確認",
    Level.L2: "My-IDで確認",
    Level.L3: "マイナンバーカードで確認",
    Level.L3_FRESH: "マイナンバーカードで確認",
}


@dataclass(frozen=True)
class Said:
    """One line of the log."""

    who: str
    what: str
    why: str


def say(row: Access, titles: Mapping[str, str]) -> Said:
    """Put a record into words. `titles` are those of providers and purposes, by name."""
    kind = Actor(row.actor_kind)
    if kind is Actor.staff:
        # The desk answers for its people; their names are in the staff's own records.
        who, why = f"{row.actor.rpartition(' ')[0]}の職員", row.reason
    elif kind is Actor.shared:
        who, why = "共有した相手", f"{row.reason}番の共有のページを開いた"
    elif kind is Actor.outside:
        who, why = f"外部の機能{row.actor}", "あなたの同意にもとづいて"
    elif kind is Actor.program:
        who, why = "プログラム", _PROGRAM_REASONS.get(row.reason, row.reason)
    else:
        proven = _PROVEN_BY[Level(row.level)]
        who, why = "ご本人", f"ご本人の操作（{proven}）" if proven else "ご本人の操作"
        why = f"{row.reason}について、{why}" if row.reason else why
    return Said(who, "、".join(_what(row.action, titles)), why)


def is_worded(action: str, titles: Mapping[str, str]) -> bool:
    """Tell whether every part of an action has words."""
    return all(not what.startswith(_OTHER) for what in _what(action, titles))


_OTHER = "そのほかの操作"


def _what(action: str, titles: Mapping[str, str]) -> list[str]:
    if action in _PLAIN:
        return [_PLAIN[action]]
    for name, title in titles.items():
        for pattern, words in _WITH_TITLE.items():
            if action == pattern.format(name):
                return [words.format(title)]
    return [SCOPES.get(scope, f"{_OTHER}（{scope}）") for scope in action.split()]
