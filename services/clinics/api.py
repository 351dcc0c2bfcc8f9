"""`/services/clinics`: who is on duty. What is asked comes in bodies, so that no log holds it."""

from fastapi import APIRouter, Depends, Request

from kit.container import part
from kit.guard import require_internal
from services.clinics.contract import DutyAnswer, DutyQuery
from services.clinics.service import ClinicsService

router = APIRouter(
    prefix="/services/clinics", tags=["clinics"], dependencies=[Depends(require_internal)]
)


@router.post("/duties")
async def on_duty(query: DutyQuery, request: Request) -> DutyAnswer:
    """Who is on duty."""
    service = part(request, ClinicsService)
    return await service.on_duty(query)
