"""The control panel's buttons: a real telegram sequence, and the residents to watch it with."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx2
from starlette.requests import Request
from starlette.routing import Route

from emulators.jma.scenes import Scene, telegram_of
from emulators.line.control import speaking
from emulators.line.control.common import control_route, read_object
from emulators.line.control.users import follow
from emulators.line.errors import ControlError, Json
from emulators.line.platform import Platform

_TIMEOUT_SECONDS = 10.0


class Authority:
    """Sends telegrams to the program's hook, as the agency's line would."""

    def __init__(self, scenes: tuple[Scene, ...] = (), token: str = "") -> None:
        """`token` is what the hook asks for."""
        self.scenes = scenes
        self._token = token
        self._serial = 0
        self._reported = datetime.min.replace(tzinfo=UTC)

    def scene(self, scene_id: str) -> Scene:
        """Return a scene. Raises ControlError 404."""
        for scene in self.scenes:
            if scene.id == scene_id:
                return scene
        raise ControlError(404, "There is no such scene. See GET /emulator/scenes.")

    async def send(self, scene: Scene, number: int, webhook_url: str) -> None:
        """Post one step (from 1) of a scene to the program. Raises ControlError."""
        if not 1 <= number <= len(scene.steps):
            raise ControlError(404, f"The scene has the steps 1 to {len(scene.steps)}.")
        self._serial += 1
        # Telegrams are dated in whole seconds, and of two of one second the newer is not known.
        now = datetime.now(UTC).replace(microsecond=0)
        self._reported = max(now, self._reported + timedelta(seconds=1))
        body = telegram_of(scene.steps[number - 1], self._reported, self._serial)
        address = urlsplit(webhook_url)
        url = f"{address.scheme}://{address.netloc}/hooks/jma"
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/xml"}
        try:
            async with httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False) as http:
                answer = await http.post(url, content=body, headers=headers)
        except httpx2.HTTPError as error:
            raise ControlError(502, f"The program does not answer at {url}.") from error
        if answer.status_code != 202:
            raise ControlError(502, f"The program refused the telegram: {answer.status_code}.")


def routes() -> list[Route]:
    """Return the routes under `/emulator/scenes`."""
    scene = "/scenes/{scene_id}"
    return [
        control_route("GET", "/scenes", everything),
        control_route("POST", f"{scene}/residents", add_residents),
        control_route("POST", f"{scene}/steps/{{number}}", play),
    ]


async def everything(_platform: Platform, request: Request) -> Json:
    """List the city's scenes."""
    return {"scenes": [scene.as_dict() for scene in _authority(request).scenes]}


async def add_residents(platform: Platform, request: Request) -> Json:
    """Create the people of a scene; they follow the account and choose their district."""
    scene = _authority(request).scene(request.path_params["scene_id"])
    added = []
    for resident in scene.residents:
        person = platform.people.add(resident.name, "ja")
        person.friend = False
        follow(platform, person)
        for shown, data in resident.taps:
            speaking.tap(platform, person, person, {"data": data, "displayText": shown})
        added.append({"userId": person.user_id, "displayName": resident.name})
    return {"users": added}


async def play(platform: Platform, request: Request) -> Json:
    """Send one step's telegram to the program, dated now."""
    await read_object(request)
    number = request.path_params["number"]
    if not re.fullmatch(r"\d{1,3}", number):
        raise ControlError(404, "Steps have numbers.")
    authority = _authority(request)
    scene = authority.scene(request.path_params["scene_id"])
    await authority.send(scene, int(number), platform.options.webhook_url)
    return {"sent": scene.steps[int(number) - 1].label}


def _authority(request: Request) -> Authority:
    authority: Authority = request.app.state.authority
    return authority
