"""The doors of the authorities: who may knock, what is refused, and that nothing hostile hurts."""

import resource
from pathlib import Path

from services.disaster.xml import MAX_BYTES
from tests.services.disaster.builder import at
from tests.services.disaster.test_pushes import landslide
from tests.services.disaster.world import Warned

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(
        f'<!ENTITY {c} "{"&" + p + ";"}{("&" + p + ";") * 9}">'
        for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><Report>&i;</Report>"
).encode()


async def test_only_who_knows_the_token_is_let_in(world: Warned) -> None:
    for token in ("x", "wrong", "demo-internal-token"):
        assert (await world.send(landslide(0, "49"), token=token, work=False)).status_code == 401
    assert await world.query("SELECT * FROM disaster_message") == []


async def test_hostile_documents_are_kept_at_a_distance(world: Warned, tmp_path: Path) -> None:
    """Entity bombs, files of this machine, an address of this machine, and fifty megabytes."""
    user = await world.resident()
    secret = tmp_path / "secret"
    secret.write_text("hidden words")
    outside = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]><Report>&x;</Report>'
    called = f'<!DOCTYPE r SYSTEM "{world.line.url}/emulator/health"><Report/>'
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for body in (LAUGHS, outside.encode(), called.encode(), deep, b"<Report>", b"<Report/>"):
        assert (await world.send(body)).status_code == 202
    states = await world.query("SELECT state, note FROM disaster_message ORDER BY id")
    assert [state for state, _ in states] == ["refused"] * 6
    assert "document type" in states[0][1]
    assert not any("hidden" in note for _, note in states)
    too_much = b"<Report>" + b"x" * (50 * 1024 * 1024)
    assert (await world.send(too_much, work=False)).status_code == 413
    assert (await world.send(b'{"json": true}', work=False)).status_code == 400
    assert (await world.send(b"", work=False)).status_code == 400
    assert await world.one("SELECT count(*) FROM disaster_message") == 6
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300 * 1024, "KiB"
    await world.send(landslide(0, "49"))
    assert len(world.heard(user)) == 1, "what is real goes its way after all that"


async def test_the_largest_telegram_that_is_accepted_fits(world: Warned) -> None:
    filler = b" " * (MAX_BYTES - len(landslide(0, "09")))
    assert (await world.send(landslide(0, "09") + filler)).status_code == 202
    assert (await world.send(landslide(0, "09") + filler + b" ")).status_code == 413


def order(
    word: str, *, revision: int = 1, lift: bool = False, place: str = "神指町", kind: str = "Actual"
) -> bytes:
    """A message of L-Alert in a SOAP envelope, with an intermediary's prefixes."""
    issue = "解除" if lift else "発令"
    moment = at(revision).isoformat()
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><publish><message>
<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0">
<distributionID>d{revision}</distributionID><dateTimeSent>{moment}</dateTimeSent>
<distributionStatus>{kind}</distributionStatus><distributionType>Report</distributionType>
<c:targetArea xmlns:c="urn:c"><c:jisX0402>072028</c:jisX0402></c:targetArea>
<c:contentObject xmlns:c="urn:c"><c:xmlContent><c:embeddedXMLContent>
<p:Report xmlns:p="urn:p/3"><p:Head><p:Title>避難情報</p:Title>
<p:ReportDateTime>{moment}</p:ReportDateTime></p:Head>
<e:EvacuationOrder xmlns:e="urn:e/3"><e:Detail><e:Sort>{word}</e:Sort>
<e:IssueOrLift>{issue}</e:IssueOrLift><e:Areas><e:Area><p:Location><p:areaName>{place}</p:areaName>
</p:Location><p:DateTime>{moment}</p:DateTime></e:Area></e:Areas></e:Detail></e:EvacuationOrder>
</p:Report></c:embeddedXMLContent></c:xmlContent>
<c:documentRevision>{revision}</c:documentRevision><c:documentID>doc-1</c:documentID>
<c:category>EvacuationOrder</c:category></c:contentObject>
</EDXLDistribution></message></publish></soap:Body></soap:Envelope>""".encode()
