"""From the bot to a person and back through every real process, at whatever hour."""

import re
from contextlib import closing

import httpx2

from concierge.local_stack import LocalStack
from tests.journeys.test_conversations import Talk, labels, words
from tests.support import Line, form_token, staff_browser

CONVERSATIONS = "/console/conversations/"


def _take(browser: httpx2.Client, matter: str) -> tuple[str, dict[str, str]]:
    """Take the conversation about a matter; return its address and what its forms carry."""
    waiting = browser.get(CONVERSATIONS)
    found = re.search(rf'href="({CONVERSATIONS}\d+)">{matter}</a>', waiting.text)
    assert found is not None, waiting.text
    page = browser.get(found[1])
    carried = _carried(page)
    assert browser.post(f"{found[1]}/take", data=carried).status_code == 303
    return found[1], _carried(browser.get(found[1])) | {"key": "once"}


def _carried(page: httpx2.Response) -> dict[str, str]:
    fence = re.search(r'name="fence" value="(\d+)"', page.text)
    assert fence is not None, page.text
    return {"form_token": form_token(page), "fence": fence[1]}


def test_a_citizen_speaks_with_a_person_and_the_bot_goes_on(stack: LocalStack) -> None:
    talk, matter = Talk(Line(stack.line)), "住民票の写しのことで、こみいった事情があります"
    offered = talk.say("人と話したい")
    assert "0242-39-1111" in words(offered)
    # Within hours it is asked what about, outside them a message may be left.
    if "伝言を残す" in labels(offered):
        talk.tap("伝言を残す", offered)
    taken = words(talk.say(matter))
    assert "市民課の職員" in taken
    with closing(staff_browser(stack, "demo-operator")) as browser:
        url, carried = _take(browser, matter)
        page = browser.get(url).text
        assert "request_human" in page, "the desk reads what the bot understood"
        assert (
            browser.post(f"{url}/reply", data=carried | {"text": "承ります。"}).status_code == 303
        )
        heard = talk.line.wait_for_bot(talk.user, talk.count + 2)
        assert [entry["message"]["text"] for entry in heard[talk.count :]][-1] == "承ります。"
        assert heard[-1]["message"]["sender"]["name"] == "窓口（市民課）"
        talk.count = len(heard)
        talk.line.say(talk.user, "明日は何のごみですか")
        assert talk.line.get("webhooks/idle", wait=15) == {"pending": 0}
        # What was written before is served before this goes out.
        more = carried | {"text": "お待ちください。", "key": "twice"}
        assert browser.post(f"{url}/reply", data=more).status_code == 303
        heard = talk.line.wait_for_bot(talk.user, talk.count + 1)
        assert [entry["message"]["text"] for entry in heard[talk.count :]] == ["お待ちください。"]
        talk.count = len(heard)
        ended = browser.post(f"{url}/close", data=carried | {"reason": "answered"})
        assert ended.status_code == 303
    over = talk.line.wait_for_bot(talk.user, talk.count + 1)
    assert "職員との会話を終わりました" in over[-1]["message"]["text"]
    assert len(over) == talk.count + 1, "the bot was silent while a person held the talk"
    talk.count = len(over)
    assert "地区" in words(talk.say("明日は何のごみですか"))
