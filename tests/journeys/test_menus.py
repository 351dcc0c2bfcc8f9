"""The menus of the running house."""

from concierge.local_stack import LocalStack
from tests.support import Line


def test_a_new_friend_has_the_menu_and_a_tab_leaves_the_talk_alone(stack: LocalStack) -> None:
    line = Line(stack.line)
    user = line.add_user("花子")
    greeted = len(line.wait_for_bot(user, 1))
    assert "concierge-ja-life" in line.get(f"users/{user}")["richMenu"]["name"]
    tab = {"richMenuAliasId": "concierge-ja-safety", "data": "concierge-ja-safety"}
    line.post(f"users/{user}/menu", **tab)
    assert "concierge-ja-safety" in line.get(f"users/{user}")["richMenu"]["name"]
    # The answer to what is said next is the only one.
    line.tap(user, "/ask_shelter")
    answers = line.wait_for_bot(user, greeted + 1)[greeted:]
    assert [m["message"]["text"][:4] for m in answers] == ["どこから"]
