"""Every way the rules say no to a system, as problem+json."""

from flask import Blueprint, Response
from flask.blueprints import BlueprintSetupState

from app.api.parsing import InvalidBody, NotAnObject
from app.api.rate_limit import RateLimiter
from app.api.responses import ApiError, NoConsent, invalid_fields, problem
from app.i18n import gettext as _
from app.meetings.life_cycle import MeetingChanged, MeetingIsOver
from app.meetings.rules import NotBookable, UnknownPlace
from app.store.idempotency import KeyReused


def register_error_handlers(bp: Blueprint) -> None:
    """Let a blueprint answer machines when something can't be done, and count how often each asks."""
    bp.record(_start_counting)
    bp.register_error_handler(ApiError, lambda turned: turned.answer())
    bp.register_error_handler(NotAnObject, _not_an_object)
    bp.register_error_handler(InvalidBody, lambda found: invalid_fields(found.faults))
    bp.register_error_handler(NotBookable, _not_bookable)
    bp.register_error_handler(KeyReused, _other_body)
    bp.register_error_handler(MeetingChanged, _changed)
    bp.register_error_handler(MeetingIsOver, _over)
    bp.register_error_handler(NoConsent, _no_consent)


def _start_counting(state: BlueprintSetupState) -> None:
    state.app.extensions["pace"] = RateLimiter()


def _not_an_object(_problem: NotAnObject) -> Response:
    return problem(400, _("Det, du sendte, er ikke et JSON-objekt"), "invalid")


def _not_bookable(refused: NotBookable) -> Response:
    field = "place_id" if isinstance(refused, UnknownPlace) else refused.field  # its only place with an id
    return invalid_fields([(field, _(refused.reason, **refused.params))])


def _other_body(_refused: KeyReused) -> Response:
    return problem(422, _("Nøglen er brugt til noget andet"), "idempotency", field="Idempotency-Key")


def _changed(_refused: MeetingChanged) -> Response:
    return problem(412, _("Mødet er ændret, siden du læste det. Læs det igen"), "changed")


def _no_consent(refused: NoConsent) -> Response:
    return problem(403, _(refused.reason), "no-consent")


def _over(_refused: MeetingIsOver) -> Response:
    return problem(409, _("Mødet er slut eller aflyst"), "over")
