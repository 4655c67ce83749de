"""Every way the rules say no to a system, as problem+json."""

from flask import Blueprint, Response
from flask.blueprints import BlueprintSetupState

from app.api.answers import Turned, invalid, problem
from app.api.pace import Pace
from app.api.values import Faulty, NotAnObject
from app.calendar.rules import ChangedMeanwhile, MeetingIsOver, NotBookable, UnknownPlace
from app.i18n import gettext as _
from app.idempotency import OtherBody


def init(bp: Blueprint) -> None:
    """Let a blueprint answer machines when something can't be done, and count how often each asks."""
    bp.record(_start_counting)
    bp.register_error_handler(Turned, lambda turned: turned.answer())
    bp.register_error_handler(NotAnObject, _not_an_object)
    bp.register_error_handler(Faulty, lambda found: invalid(found.faults))
    bp.register_error_handler(NotBookable, _not_bookable)
    bp.register_error_handler(OtherBody, _other_body)
    bp.register_error_handler(ChangedMeanwhile, _changed)
    bp.register_error_handler(MeetingIsOver, _over)


def _start_counting(state: BlueprintSetupState) -> None:
    state.app.extensions["pace"] = Pace()


def _not_an_object(_problem: NotAnObject) -> Response:
    return problem(400, _("Det, du sendte, er ikke et JSON-objekt"), "invalid")


def _not_bookable(refused: NotBookable) -> Response:
    field = "place_id" if isinstance(refused, UnknownPlace) else refused.field  # its only place with an id
    return invalid([(field, _(refused.reason, **refused.params))])


def _other_body(_refused: OtherBody) -> Response:
    return problem(422, _("Nøglen er brugt til noget andet"), "idempotency", field="Idempotency-Key")


def _changed(_refused: ChangedMeanwhile) -> Response:
    return problem(412, _("Mødet er ændret, siden du læste det. Læs det igen"), "changed")


def _over(_refused: MeetingIsOver) -> Response:
    return problem(409, _("Mødet er slut eller aflyst"), "over")
