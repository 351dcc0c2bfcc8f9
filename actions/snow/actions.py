"""The conversations about snow and roads: reports, what became of them, ploughs, ice."""

from rasa_sdk import Action

from actions.base import ActionContext
from actions.snow.facts import AskPlowStatus, AskSlipperyRoad
from actions.snow.form import ContinueSnow
from actions.snow.report import ReportSnowRoad
from actions.snow.status import AskReportStatus


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this skill."""
    kinds = (ReportSnowRoad, ContinueSnow, AskReportStatus, AskPlowStatus, AskSlipperyRoad)
    return [kind(context) for kind in kinds]
