"""What the keyboard does at the desk: shown in a dialog, and read from there by `desk.js`.

Each but the first needs Alt (Option on a Mac), so that nothing happens while somebody types (WCAG
2.1.4); what changes anything is only reached, and pressed by Enter.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """One key: `code` as browsers name it (KeyboardEvent.code), and where it leads (CSS)."""

    code: str
    shown: str
    goes: str
    words: str


AT_LIST = (
    *(
        Key(f"Digit{n}", f"Alt + {n}", f".tabs li:nth-child({n}) a", f"「{title}」を開く")
        for n, title in enumerate(
            ("待っている", "自分の担当", "課の対応中", "自分あてのメモ", "終わった"), start=1
        )
    ),
    Key("KeyJ", "Alt + J", ".talks .talk-about a", "一覧のはじめの会話へ"),
    Key("KeyT", "Alt + T", ".talks .talk form button", "一覧のはじめの「対応を始める」へ"),
)
AT_TALK = (
    Key("Enter", "Ctrl + Enter", "", "書いた返信を送る"),
    Key("KeyT", "Alt + T", ".take button", "「対応を始める」へ"),
    Key("KeyR", "Alt + R", "#text", "返信の欄へ"),
    Key("KeyK", "Alt + K", "#canned", "定型文・よくある質問へ"),
    Key("KeyG", "Alt + G", "#file", "画像・書類を送る欄へ"),
    Key("KeyM", "Alt + M", "#note", "メモの欄へ"),
    Key("KeyY", "Alt + Y", ".log", "やり取りへ（矢印で動かせます）"),
    Key("KeyL", "Alt + L", "#desk", "引きつぎへ"),
    Key("KeyP", "Alt + P", "#to-start", "手続き・本人確認へ"),
    Key("KeyO", "Alt + O", "#reason", "会話を終える欄へ"),
    Key("KeyB", "Alt + B", "#theme", "分類へ"),
    Key("KeyU", "Alt + U", "#to-list", "一覧へ戻る"),
)
HELP = Key("KeyH", "Alt + H", "[data-opens=keys]", "この表を開く")
