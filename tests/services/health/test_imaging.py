"""Pictures out of a hospital's archive: a real Orthanc with a small study made here."""

import json
import shutil
import struct
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import httpx2
import pytest

from concierge.local_stack import free_port
from kit.errors import NotFoundError, UnavailableError
from kit.settings import Settings
from services.health.dicomweb import ImageArchive
from tests.identity.support import Clock
from tests.services.health.visitor import KENTA, KENTA_AT, Visitor, visiting

ORTHANC = shutil.which("Orthanc")
PLUGINS = "/usr/share/orthanc/plugins"
LOGIN = ("city", "a-secret-of-the-test")
STUDY = "1.2.826.0.1.3680043.10.999.1"
SERIES, INSTANCE = f"{STUDY}.1", f"{STUDY}.1.%d"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
REN_BORN = "20190603"

needs_orthanc = pytest.mark.skipif(ORTHANC is None, reason="the program Orthanc is not installed")


def element(group: int, number: int, kind: str, value: bytes) -> bytes:
    """One data element, explicit VR little endian (PS3.5, 7.1.2)."""
    if len(value) % 2:
        value += b"\0" if kind in ("UI", "OB") else b" "
    head = struct.pack("<HH2s", group, number, kind.encode())
    if kind in ("OB", "OW"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def dicom(number: int, born: str = REN_BORN, study: str = STUDY) -> bytes:
    """A picture of 64 x 48 grey dots as a file of DICOM (PS3.10, 7.1)."""
    rows, columns = 48, 64
    instance = (INSTANCE % number).replace(STUDY, study)
    meta = b"".join([
        element(2, 1, "OB", b"\0\1"),
        element(2, 2, "UI", SECONDARY_CAPTURE.encode()),
        element(2, 3, "UI", instance.encode()),
        element(2, 0x10, "UI", EXPLICIT_LITTLE_ENDIAN.encode()),
        element(2, 0x12, "UI", b"1.2.826.0.1.3680043.10.999.9"),
    ])  # fmt: skip
    data = b"".join([
        element(8, 0x16, "UI", SECONDARY_CAPTURE.encode()),
        element(8, 0x18, "UI", instance.encode()),
        element(8, 0x20, "DA", b"20241012"),
        element(8, 0x60, "CS", b"CR"),
        element(0x10, 0x10, "PN", b"DEMO^REN"),
        element(0x10, 0x20, "LO", b"HOSPITAL-7"),
        element(0x10, 0x30, "DA", born.encode()),
        element(0x20, 0xD, "UI", study.encode()),
        element(0x20, 0xE, "UI", SERIES.replace(STUDY, study).encode()),
        element(0x20, 0x11, "IS", b"1"),
        element(0x20, 0x13, "IS", str(number).encode()),
        element(0x28, 2, "US", struct.pack("<H", 1)),
        element(0x28, 4, "CS", b"MONOCHROME2"),
        element(0x28, 0x10, "US", struct.pack("<H", rows)),
        element(0x28, 0x11, "US", struct.pack("<H", columns)),
        element(0x28, 0x100, "US", struct.pack("<H", 8)),
        element(0x28, 0x101, "US", struct.pack("<H", 8)),
        element(0x28, 0x102, "US", struct.pack("<H", 7)),
        element(0x28, 0x103, "US", struct.pack("<H", 0)),
        element(0x7FE0, 0x10, "OB", bytes((n % columns) * 4 for n in range(rows * columns))),
    ])  # fmt: skip
    length = element(2, 0, "UL", struct.pack("<I", len(meta)))
    return b"\0" * 128 + b"DICM" + length + meta + data


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The root of the DICOMweb services of an Orthanc of its own."""
    folder, port = tmp_path_factory.mktemp("orthanc"), free_port()
    told = {
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "Plugins": [f"{PLUGINS}/libOrthancDicomWeb.so"],
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "DicomServerEnabled": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {LOGIN[0]: LOGIN[1]},
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    (folder / "orthanc.json").write_text(json.dumps(told))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(ORTHANC), str(folder / "orthanc.json")], stderr=log)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", auth=LOGIN) as http:
            _wait(http, process, folder / "log")
            for number in (3, 1, 2):
                assert http.post("/instances", content=dicom(number)).status_code == 200
        yield f"http://127.0.0.1:{port}/dicom-web"
    finally:
        process.terminate()
        process.wait(10)


def _wait(http: httpx2.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            if http.get("/system").status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace")[-2000:])


def archive(base: str) -> ImageArchive:
    return ImageArchive(base, *LOGIN)


@needs_orthanc
async def test_a_study_is_found_with_its_birth_date_and_its_pictures_in_order(
    orthanc: str,
) -> None:
    found = await archive(orthanc).study(STUDY)
    assert found.birthdate == date(2019, 6, 3)
    assert found.instances == tuple((SERIES, INSTANCE % number) for number in (1, 2, 3))
    png = await archive(orthanc).picture(STUDY, SERIES, INSTANCE % 1)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"


@needs_orthanc
async def test_what_is_not_there_is_not_found_and_who_may_not_is_told_nothing(
    orthanc: str,
) -> None:
    for uid in ("1.2.3", "1.2.3/../..", "", "1." * 40):
        with pytest.raises(NotFoundError):
            await archive(orthanc).study(uid)
    with pytest.raises(UnavailableError):
        await ImageArchive(orthanc, "city", "wrong").study(STUDY)
    with pytest.raises(UnavailableError):
        await archive(f"http://127.0.0.1:{free_port()}/dicom-web").study(STUDY)
    with pytest.raises(NotFoundError):
        await ImageArchive("", "", "").study(STUDY)


class Family:
    """A mother at her page of 蓮's examinations."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.ren, self.study = visitor, "", ""

    async def arrive(self) -> None:
        await self.visitor.becomes()
        await self.visitor.agrees()
        await self.visitor.log_in("card_at")
        self.ren = (await self.visitor.children())[0]
        page = (await self.visitor.get(f"/my/health/images?child={self.ren}")).text
        assert "レントゲン" in page
        if "&amp;entry=" in page:
            self.study = page.split("&amp;entry=")[1].split('"')[0]

    async def pictures(self, **change: str) -> httpx2.Response:
        asked = {"child": self.ren, "entry": self.study} | change
        return await self.visitor.http.get("/my/health/images/study", params=asked)


def with_archive(settings: Settings, base: str) -> Settings:
    told = {"dicomweb_url": base, "dicomweb_user": LOGIN[0], "dicomweb_password": LOGIN[1]}
    return Settings.model_validate(settings.model_dump() | told)


@pytest.fixture
async def family(settings: Settings, orthanc: str) -> AsyncIterator[Family]:
    async with visiting(with_archive(settings, orthanc), Clock()) as visitor:
        family = Family(visitor)
        await family.arrive()
        yield family


@needs_orthanc
async def test_a_mother_sees_her_childs_pictures_and_each_look_is_in_her_log(
    family: Family,
) -> None:
    before = (await family.visitor.looks()).count("health:record:read")
    page = (await family.pictures()).text
    assert page.count('src="data:image/jpeg;base64,') == 3
    assert "3枚のうち1枚目から" in page
    assert (await family.visitor.looks()).count("health:record:read") == before + 1
    later = (await family.pictures(first="3")).text
    assert later.count('src="data:image/jpeg;base64,') == 1
    # Neither the hospital's number nor the study's is said in an address.
    assert STUDY not in str(page)
    assert "HOSPITAL-7" not in page


@needs_orthanc
async def test_a_stranger_and_another_childs_page_open_no_picture(family: Family) -> None:
    yui = (await family.visitor.children())[1]
    assert (await family.pictures(child=yui)).status_code == 303
    assert (await family.pictures(entry="hen_none")).status_code == 303
    stranger = Visitor(family.visitor.app, family.visitor.http, family.visitor.clock)
    await stranger.becomes(KENTA, KENTA_AT)
    await stranger.agrees()
    await stranger.log_in("card_at")
    answer = await family.pictures()
    assert answer.status_code == 303
    assert "data:image" not in answer.text


@needs_orthanc
async def test_a_clinic_sees_them_as_long_as_they_are_shared_and_its_look_is_in_the_log(
    family: Family,
) -> None:
    http = family.visitor.http
    form = {
        "form_token": await family.visitor.form_token(),
        "child": family.ren,
        "recipient": "デモ小児科",
        "part": "images",
        "hours": "1",
        "do": "share",
    }
    code = (await http.post("/my/health/sharing", data=form)).text.split("?t=")[1].split('"')[0]
    listed = await http.post("/services/health/shared", data={"t": code})
    assert "レントゲン" in listed.text
    asked = {"t": code, "entry": family.study}
    shown = await http.post("/services/health/shared/images", data=asked)
    assert shown.text.count("data:image/jpeg") == 3
    assert (await family.visitor.looks()).count("health:shared:read") == 2
    revoke = form | {"do": "revoke", "number": "1"}
    await http.post("/my/health/sharing", data=revoke)
    gone = await http.post("/services/health/shared/images", data=asked)
    assert gone.status_code == 410
    assert "data:image" not in gone.text


@needs_orthanc
async def test_pictures_of_somebody_born_on_another_day_are_not_shown(
    family: Family, orthanc: str
) -> None:
    root = orthanc.removesuffix("/dicom-web")
    async with httpx2.AsyncClient(base_url=root, auth=LOGIN) as http:
        ids = (await http.get("/studies")).json()
        for one in ids:
            await http.delete(f"/studies/{one}")
        assert "いま保管先にありません" in (await family.pictures()).text
        await http.post("/instances", content=dicom(1, born="20190604"))
        wrong = await family.pictures()
        assert wrong.status_code == 409
        assert "data:image" not in wrong.text
        for one in (await http.get("/studies")).json():
            await http.delete(f"/studies/{one}")
        for number in (1, 2, 3):
            await http.post("/instances", content=dicom(number))


async def test_without_an_archive_the_index_says_whom_to_ask(settings: Settings) -> None:
    async with visiting(settings, Clock()) as visitor:
        family = Family(visitor)
        await family.arrive()
        assert family.study == ""
        page = (await visitor.get(f"/my/health/images?child={family.ren}")).text
        assert "検査を受けた医療機関にお問い合わせください" in page


async def test_an_archive_that_is_away_is_said_to_be(settings: Settings) -> None:
    away = with_archive(settings, f"http://127.0.0.1:{free_port()}/dicom-web")
    async with visiting(away, Clock()) as visitor:
        family = Family(visitor)
        await family.arrive()
        answer = await family.pictures()
        assert answer.status_code == 503
        assert "答えがありません" in answer.text
