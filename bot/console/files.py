"""`POST /console/conversations/{id}/files`: a picture or a document for a citizen."""

from fastapi import Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from bot.console.talk_page import PATH, Desk, Draft, Number, View, again, form_key, grip_of
from bot.handoff.desk import CitizenGoneError, NewFile, NotHeldError
from kit.console import redirect
from kit.errors import InvalidInputError, PayloadTooLargeError
from kit.forms import only, read_fields, read_file
from kit.images import LARGEST_BYTES
from kit.web import takes_bytes

# What stands around the file in the form.
_MORE_BYTES = 20_000

router = desk_router(PATH, Permission.conversations_read)


@router.post("/{handoff_id}/files")
@takes_bytes(LARGEST_BYTES + _MORE_BYTES)
async def send(request: Request, desk: Desk, view: View, handoff_id: Number) -> Response:
    """Send a file, or say why not; a file that was not sent has to be chosen anew."""
    fields = await read_fields(request)
    content = await read_file(request, "file")
    new = NewFile(form_key(fields), content, only(fields, "checked") == "yes")
    try:
        await desk.send_file(request.state.member, grip_of(handoff_id, fields), new)
    except (CitizenGoneError, NotHeldError, InvalidInputError, PayloadTooLargeError) as error:
        draft = Draft(file_problem=error.message, status=error.status)
        return await again(request, view, handoff_id, draft)
    return redirect(f"{PATH}/{handoff_id}")
