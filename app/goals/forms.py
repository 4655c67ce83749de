from datetime import date
from uuid import UUID

from wtforms import HiddenField, SelectChoice, StringField

from app.goals.rules import (
    BECAUSE_MOST,
    PROMISE_MOST,
    REASON_MOST,
    SAID_MOST,
    Agreement,
    GoalAnswer,
    GoalDetails,
    NewWork,
    StepState,
)
from app.i18n import gettext as _
from app.i18n import lazy_gettext as _l
from app.typed_text import read_id
from app.web.forms import BaseForm, KeyedForm, LineField, LongTextField, RadioField, SelectField, check_day

REASON_MISSING = _l("Skriv hvorfor. Et par ord er nok.")


class GoalResponseForm(BaseForm):
    """What the citizen says of a goal."""

    answer = RadioField(
        _l("Hvad siger du til målet?"),
        choices=[
            SelectChoice(Agreement.AGREE.value, _l("Jeg er enig")),
            SelectChoice(Agreement.DISAGREE.value, _l("Jeg er uenig")),
            SelectChoice(Agreement.UNSURE.value, _l("Jeg ved det ikke")),
            SelectChoice(Agreement.TALK.value, _l("Jeg vil tale om det")),
        ],
    )
    words = LongTextField(_l("Vil du sige mere?"), most=SAID_MOST)

    @property
    def said(self) -> GoalAnswer:
        return GoalAnswer(Agreement(self.answer.data), self.words.data or None)


class GoalDetailsForm(BaseForm):
    """Where a goal belongs, and why. `seen`: how many times that had been changed when it was shown."""

    seen = HiddenField()
    area = SelectField(_l("Hvilket livsområde hører målet til?"))
    dream = SelectField(_l("Hvilken drøm hører det til?"))
    because = LongTextField(_l("Hvorfor er det et mål?"), most=BECAUSE_MOST)

    @property
    def details(self) -> GoalDetails:
        """What was chosen and written. Only of a form that is well."""
        return GoalDetails(read_id(self.area.data), read_id(self.dream.data), self.because.data or None)


class HaltForm(BaseForm):
    """A step that must wait, or is not to be done any more, and why."""

    how = RadioField(
        _l("Hvad skal der ske med skridtet?"),
        choices=[
            SelectChoice(StepState.BLOCKED.value, _l("Det må vente")),
            SelectChoice(StepState.DROPPED.value, _l("Vi dropper det")),
        ],
    )
    reason = LongTextField(_l("Hvorfor?"), most=REASON_MOST, missing=REASON_MISSING)


class PromiseForm(BaseForm):
    """What a promise says, by when, and why it is another than before, or can't be kept."""

    words = LineField(_l("Hvad er løftet?"), most=PROMISE_MOST, missing=_l("Skriv, hvad du lover."))
    due = StringField(_l("Senest hvornår?"))
    reason = LongTextField(_l("Hvorfor?"), most=REASON_MOST, missing=REASON_MISSING)

    day: date  # what was read, when all is well

    def check(self, today: date) -> bool:
        """Say whether all is well with what it says now; the form says what is wrong."""
        fine = self.validate()
        day = check_day(self.due, today, _("Skriv, hvornår løftet senest skal være holdt."))
        self.day = day or today
        return fine and not self.errors

    def check_reason(self) -> bool:
        """Say whether there is a reason: all that is asked for to withdraw it."""
        self.validate()
        self.words.errors = self.due.errors = []
        return not self.reason.errors


class ProposalForm(KeyedForm):
    """A step that is proposed for the citizen: what, by when, and for which goal."""

    words = LineField(
        _l("Hvad skal der ske?"),
        most=PROMISE_MOST,
        missing=_l("Skriv, hvad der skal ske. Et par ord er nok."),
    )
    due = StringField(_l("Senest hvornår?"))
    goal = SelectField(_l("Hvilket mål hører det til?"), missing=_l("Vælg, hvilket mål det hører til."))

    _day: date | None = None  # what was read, when all is well

    def check(self, today: date) -> bool:
        """Say whether all is well; the form says what is wrong."""
        fine = self.validate()
        self._day = check_day(self.due, today)
        return fine and not self.errors

    def written(self, citizen_id: UUID) -> NewWork:
        """Return what was written, for the citizen to do. Only of a form that is well."""
        return NewWork(self.words.data, citizen_id, self._day, read_id(self.goal.data))


class WorkForm(KeyedForm):
    """A new step or a new promise: what, who, by when, and for which goal."""

    besked = HiddenField()  # the message that it comes from
    words = LineField(
        _l("Hvad skal der ske?"),
        most=PROMISE_MOST,
        missing=_l("Skriv, hvad der skal ske. Et par ord er nok."),
    )
    who = SelectField(_l("Hvem gør det?"))
    due = StringField(_l("Senest hvornår?"))
    goal = SelectField(_l("Hvilket mål hører det til?"))

    day: date | None  # what was read, when all is well

    def check(self, today: date, *, missing_day: str) -> bool:
        """Say whether all is well; `missing_day`: what is said when there must be a day."""
        fine = self.validate()
        self.day = check_day(self.due, today, missing_day)
        return fine and not self.errors

    @property
    def written(self) -> NewWork:
        """What was written. Only of a form that is well."""
        return NewWork(self.words.data, read_id(self.who.data), self.day, read_id(self.goal.data))
