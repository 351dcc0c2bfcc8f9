"""Messages of L-Alert: orders and shelters of a city, whatever the prefixes and versions are."""

import pytest

from services.disaster.facts import Status
from services.disaster.lalert import read_message
from services.disaster.xml import UnreadableError
from tests.services.disaster.builder import SAMPLES

_LALERT = SAMPLES / "lalert"


def _message(body: str, status: str = "Actual", kind: str = "Report", revision: str = "1") -> bytes:
    return f"""<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<i1:publish xmlns:i1="urn:x"><i1:message>
<e:EDXLDistribution xmlns:e="urn:oasis:names:tc:emergency:EDXL:DE:1.0" xmlns:c="urn:commons">
<e:distributionID>d-1</e:distributionID><e:dateTimeSent>2026-07-28T18:50:00+09:00</e:dateTimeSent>
<e:distributionStatus>{status}</e:distributionStatus>
<e:distributionType>{kind}</e:distributionType>
<c:targetArea><c:areaName>富山市</c:areaName><c:jisX0402>162019</c:jisX0402></c:targetArea>
<c:contentObject><e:xmlContent><e:embeddedXMLContent>
<Report xmlns="urn:pcxml2"><Control><Title>x</Title></Control>
<i8:Head xmlns:i8="urn:head4"><i8:Title>避難情報</i8:Title>
<i8:ReportDateTime>2026-07-28T18:48:00+09:00</i8:ReportDateTime>
<i8:Headline><i8:Text>見出し</i8:Text></i8:Headline></i8:Head>{body}</Report>
</e:embeddedXMLContent></e:xmlContent>
<c:publishingOfficeName>富山市</c:publishingOfficeName>
<c:documentRevision>{revision}</c:documentRevision><c:documentID>doc-1</c:documentID>
<c:category>EvacuationOrder</c:category></c:contentObject>
</e:EDXLDistribution></i1:message></i1:publish></soap:Body></soap:Envelope>""".encode()


def _order(sort: str, issue: str = "発令") -> str:
    return f"""<ev:EvacuationOrder xmlns:ev="urn:evacuation5"><ev:Detail><ev:Sort>{sort}</ev:Sort>
<ev:IssueOrLift>{issue}</ev:IssueOrLift><ev:Areas><ev:Area><ev:Location>
<a:circle xmlns:a="urn:b">36.5,137.1 2.5</a:circle><a:areaName xmlns:a="urn:b">山田地区</a:areaName>
<a:jisX0402 xmlns:a="urn:b">162019</a:jisX0402></ev:Location>
<ev:DateTime>2026-07-28T18:45:00+09:00</ev:DateTime>
<ev:Object><ev:Households>1,240</ev:Households><ev:HeadCount>３０１２</ev:HeadCount></ev:Object>
</ev:Area></ev:Areas></ev:Detail></ev:EvacuationOrder>"""


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_three_forms_of_one_message_are_read_alike(number: int) -> None:
    message = read_message((_LALERT / f"pnserv_sample{number}.xml").read_bytes())
    assert message.document_id == "7e573043-fc3c-4a6b-bdb8-a9608233b0af"
    assert (message.revision, message.status) == (1, Status.ACTUAL)
    assert (message.category, message.cities) == ("EvacuationOrder", ("28210",))
    assert message.title.startswith("加古川市")
    assert "基準雨量" in message.headline
    assert message.orders == ()


def test_empty_envelopes_are_no_messages_and_do_no_harm() -> None:
    files = sorted(_LALERT.glob("lgdis_template_*.xml"))
    assert len(files) == 5
    for path in files:
        with pytest.raises(UnreadableError, match="documentID"):
            read_message(path.read_bytes())


def test_an_order_has_its_level_place_time_and_counts() -> None:
    message = read_message(_message(_order("避難指示")))
    (order,) = message.orders
    assert (order.level, order.word, order.lifted) == (4, "避難指示", False)
    assert (order.place.name, order.place.city) == ("山田地区", "16201")
    assert order.place.circle == (36.5, 137.1, 2.5)
    assert (order.households, order.people) == (1240, 3012)
    assert message.office == "富山市"
    assert order.at is not None
    assert order.at.isoformat() == "2026-07-28T18:45:00+09:00"


@pytest.mark.parametrize(
    ("said", "level", "word"),
    [
        ("緊急安全確保", 5, "緊急安全確保"),
        ("災害発生情報", 5, "緊急安全確保"),
        ("避難指示（緊急）", 4, "避難指示"),
        ("避難勧告", 4, "避難指示"),
        ("高齢者等避難", 3, "高齢者等避難"),
        ("避難準備・高齢者等避難開始", 3, "高齢者等避難"),
        ("避難準備", 3, "高齢者等避難"),
        ("警戒区域", 4, "警戒区域設定"),
        ("何か新しい言葉", None, "何か新しい言葉"),
    ],
)
def test_todays_and_former_words_give_a_level(said: str, level: int | None, word: str) -> None:
    (order,) = read_message(_message(_order(said))).orders
    assert (order.level, order.word) == (level, word)


def test_a_lift_repeats_the_order_that_it_lifts() -> None:
    (order,) = read_message(_message(_order("避難指示", "解除"))).orders
    assert (order.level, order.lifted) == (4, True)


@pytest.mark.parametrize("status", ["Exercise", "Test", "System", ""])
def test_only_an_actual_message_is_real(status: str) -> None:
    assert read_message(_message(_order("避難指示"), status)).status is not Status.ACTUAL


def test_a_withdrawn_message_says_so_and_only_a_higher_revision_is_news() -> None:
    message = read_message(_message("", kind="Cancel", revision="3"))
    assert message.withdrawn
    assert message.replaces(None)
    assert message.replaces(2)
    assert not message.replaces(3)


@pytest.mark.parametrize(
    ("sort", "state"),
    [
        ("開設", "open"),
        ("閉鎖", "closed"),
        ("常設", "permanent"),
        ("未開設", "not_open"),
        ("不明", "unknown"),
        ("", "unknown"),
    ],
)
def test_shelters_have_their_state_place_and_people(sort: str, state: str) -> None:
    body = f"""<s:Shelter xmlns:s="urn:shelter4"><s:Informations><s:Information><s:Location>
<s:areaName>山田公民館</s:areaName><s:Address>富山市山田1</s:Address>
<s:ContactInfo contactType="fax">1</s:ContactInfo>
<s:ContactInfo contactType="phone">076-000-0000</s:ContactInfo>
<s:circle>36.5,137.1 0</s:circle></s:Location><s:Type>避難所</s:Type><s:Sort>{sort}</s:Sort>
<s:NumberOf><s:HeadCount>12</s:HeadCount></s:NumberOf><s:Capacity>80</s:Capacity>
</s:Information></s:Informations></s:Shelter>"""
    (shelter,) = read_message(_message(body)).shelters
    assert (shelter.name, shelter.state, shelter.people) == ("山田公民館", state, 12)
    assert (shelter.capacity, shelter.phone) == (80, "076-000-0000")
    assert shelter.place.circle == (36.5, 137.1, 0)
