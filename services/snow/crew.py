"""`/console/crew/`: what a contractor's crew sees, on a phone in the cab: its own area, no more."""

from typing import Annotated

from fastapi import Depends, Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from kit.console import redirect
from kit.container import part
from kit.errors import IllegalTransitionError, InvalidInputError, NotFoundError
from kit.forms import read_fields
from kit.images import LARGEST_BYTES
from kit.settings import Settings
from kit.web import takes_bytes
from services.snow.areas import Area, area_of
from services.snow.console import TheDesk, desk_page, read_step, sheet
from services.snow.desk import Desk
from services.snow.lifecycle import Status

PATH = "/console/crew"
STEPS = (Status.WORKING, Status.DONE, Status.CHECKING)
"""What a crew may say: begun, done, or that somebody of the yard has to look."""

router = desk_router(PATH, Permission.reports_crew)


def _area(request: Request) -> Area:
    """Return the crew's districts; whoever has none finds nothing here."""
    area = area_of(request.state.member, part(request, Settings).city_dir)
    if not area:
        raise NotFoundError
    return area


TheArea = Annotated[Area, Depends(_area)]


@router.get("/")
async def listed(request: Request, desk: TheDesk, area: TheArea, done: str = "") -> Response:
    """Show what is planned or begun in the crew's area, in an order to drive."""
    return await _sheet(request, desk, area, done=done)


@router.post("/{number}/step")
async def step(request: Request, desk: TheDesk, area: TheArea, number: str) -> Response:
    """Take a step, or say why it cannot be."""
    try:
        taken = read_step(
            await read_fields(request), request.state.member.id, part(request, Settings)
        )
        if taken.to not in STEPS:
            raise InvalidInputError("この状態には、市の担当課だけが変えられます。")
        await desk.step(number, taken, area)
    except InvalidInputError as error:
        return await _sheet(request, desk, area, problem=error.message)
    except IllegalTransitionError:
        said = "ほかの人が先に変えたため、この操作はできませんでした。"
        return await _sheet(request, desk, area, problem=said)
    return redirect(f"{PATH}/?done=step")


@router.post("/{number}/sand")
async def sand(request: Request, desk: TheDesk, area: TheArea, number: str) -> Response:
    """Note that the crew spread sand there."""
    await desk.sand(number, request.state.member.id, area)
    return redirect(f"{PATH}/?done=sand")


@router.post("/{number}/photo")
@takes_bytes(LARGEST_BYTES)
async def add_photo(request: Request, desk: TheDesk, area: TheArea, number: str) -> Response:
    """Take a photo from the cab: the body is the picture."""
    await desk.add_photo(number, await request.body(), area)
    return Response(status_code=204)


async def _sheet(
    request: Request, desk: Desk, area: Area, *, done: str = "", problem: str = ""
) -> Response:
    shown = await sheet(request, desk, PATH, area)
    status = 422 if problem else 200
    return desk_page(request, "route", status, **shown, area=area, done=done, problem=problem)
