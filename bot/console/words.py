"""How the console names what became of events and messages."""

from datetime import timedelta

from bot.sender.outbox import MONTHLY_LIMIT

EVENT_WORDS = {
    "received": "回答待ち",
    "answered": "回答済み",
    "handed": "職員が対応",
    "failed": "回答できず（おわびを送信）",
    "recorded": "記録のみ",
    "unreadable": "読み取れず",
}
OUTBOUND_WORDS = {
    "held": "住民のタップ待ち",
    "pending": "送信待ち",
    "sending": "送信中",
    "accepted": "LINEが受付",
    "failed": "LINEが拒否",
    "dropped": "期限切れで取りやめ",
}

METHOD_WORDS = {None: "", "reply": "返信", "push": "プッシュ（配信数に数えます）"}
FAILURE_WORDS = {
    "400 Failed to send messages": "LINEに届けられない相手です",
    "400": "LINEが内容を受け付けませんでした",
    "403": "このアカウントでは使えない機能です",
    "413": "大きすぎて送れませんでした",
    "expired": "期限までに送れませんでした",
}


def failure_in_words(failure: str | None) -> str:
    """Tell staff in their words why LINE did not take a message."""
    if failure is None:
        return ""
    if failure == MONTHLY_LIMIT:
        return "今月の配信数の上限に達しました"
    known = next((words for start, words in FAILURE_WORDS.items() if failure.startswith(start)), "")
    return f"{known}（{failure}）" if known else failure


def age_in_words(age: timedelta) -> str:
    """Return how long something has waited, in the words of a desk."""
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}分"
    return f"{minutes // 60}時間" if minutes < 48 * 60 else f"{minutes // 1440}日"
