"""The sentences that tell of telling, and where each is tried: what `test_receipts` holds complete."""

# Sentences that another test tries: where, and which.
SEE_REMINDERS = (
    "tests/reminders/test_reminders.py::test_contact_and_substitute_see_all_and_a_professional_the_own"
)
ELSEWHERE = {
    **dict.fromkeys(
        (
            "Borgerne har en ny kontaktperson. De har fået besked.",
            "Borgerne får det at vide med det samme.",
            "Din kollega og borgerne læser det. Vælger du flere, så skriv ikke om en enkelt.",
        ),
        "tests/caseload/test_handover.py"
        "::test_several_go_over_at_once_with_all_that_waits_and_the_old_one_is_out",
    ),
    **dict.fromkeys(
        (
            "%(num)s borger går over til %(name)s i dag og får besked.",
            "%(num)s borger har fået en ny kontaktperson og har fået det at vide.",
        ),
        "tests/administration/test_roles.py::test_a_contact_person_ends_only_with_somebody_to_take_over",
    ),
    **dict.fromkeys(
        (
            "Overdragelsen er skrevet ind. Borgerne har fået besked.",
            "Den nye kontaktperson og borgerne læser det.",
        ),
        "tests/caseload/test_handover_led.py::test_a_leader_hands_over_all_of_a_colleagues_without_a_name",
    ),
    **dict.fromkeys(
        (
            "Overdragelsen er aftalt. Borgerne har fået besked.",
            "Borgerne får det at vide nu, før det sker.",
            "%(name)s har fået det at vide.",
        ),
        "tests/caseload/test_handover.py::test_a_later_day_is_told_at_once_and_done_when_it_comes",
    ),
    **dict.fromkeys(
        (
            "%(name)s får at vide, at skridtet er med i planen.",
            "%(name)s kan se forslaget imens.",
            "Forslaget er sendt.",
        ),
        "tests/goals/test_step_proposals.py::test_a_proposal_is_taken_into_the_plan_and_all_three_read_it",
    ),
    "%(name)s læser det. Sig, hvad I skal tale om.": (
        "tests/goals/test_step_proposals.py"
        "::test_a_talk_is_told_to_who_proposed_it_and_it_can_be_proposed_in_other_words"
    ),
    "Så er det et forslag igen. %(name)s og %(other)s får det at vide. Du kan fortryde til kl. %(time)s.": (
        "tests/goals/test_step_proposals.py"
        "::test_the_approval_of_it_is_undone_for_ten_minutes_and_all_three_read_so"
    ),
    "Så får %(name)s besked. En borger, der har læst om det, får det også at vide.": (
        "tests/caseload/test_handover_undo.py::test_a_leader_withdraws_what_is_agreed_and_learns_no_name"
    ),
    "Kontaktpersonen og vikaren kan se det. Andre, der hjælper, kan ikke.": SEE_REMINDERS,
    "Du, kontaktpersonen og vikaren kan se det. Andre, der hjælper, kan ikke.": SEE_REMINDERS,
    "Kontaktpersonen får det at vide.": (
        "tests/goals/test_new_work.py"
        "::test_a_professional_writes_a_step_that_he_does_himself_and_anna_and_line_are_told"
    ),
    "Det står i planen, når du gemmer. %(name)s ser det med det samme.": (
        "tests/goals/test_new_work.py::test_line_writes_a_step_for_anna_under_her_goal_and_anna_reads_it"
    ),
    "%(citizen)s: Dit forslag i køen er sendt.": (
        "tests/calendar/staff/test_queued.py"
        "::test_the_contact_person_meets_it_on_her_day_and_sends_what_still_suits"
    ),
    "Mødet er aftalt, når du sender. %(name)s kan se det med det samme.": (
        "tests/calendar/staff/test_exact_time.py::test_a_time_agreed_on_the_phone_is_booked_as_it_was_agreed"
    ),
    "En borger får det at vide med det samme, når kontaktpersonen er væk. Ingen får at vide hvorfor.": (
        "tests/caseload/test_absence.py::test_her_citizens_are_told_on_their_own_first_page_and_nobody_elses"
    ),
    "Borgerne får det at vide igen.": (
        "tests/caseload/test_absence.py::test_fewer_days_let_the_meetings_of_the_others_be"
    ),
    "%(name)s kan se det": "tests/assessments/test_show.py::test_shown_it_is_seen_counted_and_told",
    "%(name)s ser den sammen med dit navn.": (
        "tests/assessments/test_show.py::test_reading_tells_the_citizen_and_leaves_the_queue"
    ),
    "De, der var med, og din kontaktperson kan se dine ord.": (
        "tests/minutes/test_own_words.py::test_the_citizen_adds_own_words_and_those_who_wrote_are_told"
    ),
    "De, der var med, kan se dine ord.": (
        "tests/consent/test_what_a_no_closes.py::test_own_words_say_who_reads_them_after_a_no"
    ),
    "%(name)s kan se dit telefonnummer, og hvem der hjælper dig.": (
        "tests/consent/test_what_a_no_closes.py::test_it_is_true"
    ),
    "%(name)s kan se jeres beskeder og svare på dem.": (
        "tests/consent/test_what_a_no_closes.py::test_it_is_true"
    ),
    "Er %(name)s væk, eller er svaret på en besked forsinket, gælder det samme for vikaren.": (
        "tests/consent/test_what_a_no_closes.py::test_it_is_true"
    ),
    "%(name)s kan også se et møde, mens der er noget at aftale. Det kan være en ny tid."
    " Ellers ser %(name)s kun, at tiden er optaget.": (
        "tests/access/test_who_sees_what.py::test_what_the_contact_person_must_settle_is_theirs_until_it_is"
    ),
    "%(name)s kan se alle dine møder, det, I aftalte, og hvem der hjælper dig.": (
        "tests/consent/test_what_a_no_closes.py::test_who_acts_for_somebody_is_named_and_sees_the_meetings"
    ),
    **dict.fromkeys(
        (
            "%(name)s kan se, hvem der hjælper dig.",
            "Kan se din plan, mens dit ja gælder.",
            "Kan se dine møder, og hvad I aftalte.",
        ),
        "tests/consent/test_acting_scopes.py::test_what_each_may_is_said_and_true",
    ),
    "%(names)s læser det også.": (
        "tests/consent/test_acting_scopes.py::test_who_reads_along_is_named_above_the_field"
    ),
    **dict.fromkeys(
        (
            "Når du deler: %(names)s ser det også.",
            "%(name)s kan se det, du deler, før det er med i planen.",
        ),
        "tests/consent/test_acting_scopes.py::test_who_sees_what_is_shared_is_named_before_it_is",
    ),
    "Kommunens andre systemer kan se, hvornår du har tid, og hvornår deres egne møder er."
    " Dem kan de aflyse, men de kan ikke aftale nye møder eller nye tider.": (
        "tests/api/test_without_a_yes.py"
        "::test_its_own_meeting_can_be_called_off_and_neither_moved_nor_rewritten"
    ),
    "Det, vi ved, er gammelt. De andre får at vide, hvornår den sidst er læst.": (
        "tests/scheduling/test_edge_05_19_28_55_56.py"
        "::test_case_56_without_a_calendar_one_is_offered_and_staff_are_told"
    ),
    "Din besked er sendt. En anden svarer fra nu af.": (
        "tests/messages/test_late_messages.py::test_the_substitute_reads_and_answers_and_is_out_again"
    ),
    "%(name)s læser det. %(other)s er vikar lige nu og læser det også.": (
        "tests/messages/test_thread.py::test_a_substitute_reads_and_answers_while_it_lasts"
    ),
    "%(who)s har fjernet en besked. Den var ikke til dig.": (
        "tests/messages/test_take_out.py::test_what_was_read_is_gone_for_her_and_told"
    ),
    "En besked er fjernet. Den var ikke til dig.": (
        "tests/messages/test_take_out.py::test_what_was_read_is_gone_for_her_and_told"
    ),
    **dict.fromkeys(
        (
            "Du får ikke flere forslag om det her møde",
            "Du får ikke flere forslag om det her møde. De andre har fået besked.",
        ),
        "tests/calendar/test_no_thanks.py::test_no_thanks_to_a_proposal_ends_it_and_asks_nobody_for_more",
    ),
    **dict.fromkeys(
        (
            "%(name)s finder en anden tid",
            "Vi finder en anden tid",
            "Vi ringer til dig kl. %(time)s",
            "Vi ringer til dig %(time)s. Du har sagt ja",
        ),
        "tests/calendar/test_reply.py::test_each_answer_is_repeated_in_words",
    ),
    "Dit svar er sendt.": "e2e/offline/test_delivery.py::test_a_gateways_page_is_no_delivery",
    "Én venlig sætning. %(name)s og de andre læser den.": (
        "tests/calendar/staff/test_settle.py"
        "::test_called_off_with_a_reason_and_brought_back_within_ten_minutes"
    ),
}
# Sentences that say nobody has been told: who may see a thing, what the reader gets, what a calendar is.
SAYS_NO_MORE = {
    "Du får de første %(number)s ark nu. Tag resten bagefter.",
    "En medarbejders egen kalender svarer ikke. Medarbejderen kan se hvorfor.",
    "Hver person får sit eget ark med en kode. Du ser først, hvem det er.",
    "Koderne vises kun, når de laves. Her ser du, hvem der har fået en.",
    "Arbejdsdage til at svare på en besked",
    "Det er det nummer, borgerne ringer til.",
    "Over feltet til en besked",
    "Sætninger at begynde en besked med",
    "Skriv message_duty under [texts] i kommunens fil: hvem der kan læse en besked.",
    "Så får %(name)s mere end to forslag at svare på. Ring, og få et ja til tiderne, eller vent.",
    "%(name)s vil gerne have besked i bedre tid.",
    "Det kan afgøre, hvilke hjælpere der kan se målet.",
    "Borgeren ser den ved dit nummer. Uden for telefontiden ser borgeren, hvornår du er på arbejde igen.",
    "Tak. Lige nu er det kun dig, der kan se det.",
    "Når vi taler sammen, bruger vi kun de svar, du viser os. Dine svar får ikke betydning for dine penge.",
    "Det begyndte med en besked. Selve beskeden kommer ikke med i planen.",
    "Alle kollegaens borgere får en ny kontaktperson. Du ser ikke, hvem de er.",
    "Borgerne får en ny kontaktperson. Du ser, hvad der flytter med, før det sker.",
    "%(name)s kan se det, du deler.",
    "%(name)s kan se, hvornår du ikke kan, og hvor mange møder du kan klare. En vikar ser det samme.",
    "%(name)s skriver det, I aftalte. Du ser det, når det er delt.",
    "Alle, der har linket, kan se det samme som din telefon. Del det ikke med nogen.",
    "De andre kan se:",
    "Hvem kan se hvad i din plan",
    "Kun hvis det handler om %(areas)s: %(names)s ser det også.",
    "%(name)s har valgt, at du kun ser den del af planen, der handler om %(areas)s.",
    "Ser det samme, mens %(name)s er væk",
    "%(name)s bestemmer, hvad du kan se. Lige nu ser du de møder, du selv er med i eller har foreslået.",
    "%(who)s ændrede, hvem der kan se planen.",
    "%(citizen)s har ændret, hvad du kan se af planen.",
    "Se, hvad de andre så kan se",
    "Vælg, hvad de kan se",
    "Det, du er ved at skrive. Det er låst og slettes, når vi har fået det.",
    "Din plan er lukket, fordi du har trukket dit ja tilbage. Nu er det kun dig, der ser den.",
    "Din plan er lukket, fordi et ja er trukket tilbage. Nu er det kun dig, der ser den.",
    "Vi følger dig ikke. Andre websteder får kun noget at vide om dig, hvis du selv vælger at bruge dem.",
    "Dit svar på et møde, hvis der ikke er internet. Det slettes, når vi har fået det.",
    "Du får en kontaktperson, når kommunen har talt med dig.",
    "Er beskeden sendt til den forkerte?",
    "Så ved vi, hvornår du er optaget, når vi finder tider. Ingen kan se, hvad dine aftaler handler om.",
    "Du har bedt om tolk. Vi mangler at vide, hvilket sprog.",
    "Du kommer ind med en invitation. Den får du af din kontaktperson.",
    "Du ser det, der er med i planen.",
    "Et par ord. %(name)s læser dem.",
    "Når det er med i planen: %(names)s ser det også.",
    "Når det er med i planen: de, der kommer til at hjælpe dig, ser det også.",
    "Sendt. Ikke læst endnu.",
    "%(name)s læser det, når %(name)s logger ind.",
    "Giv mig besked",
    "Hvor lang tid før et møde vil du have besked?",
    "Forslaget kommer fra en besked. Det kommer til at stå ved mødet.",
    "Skriv en besked",
    "Fra en besked",
    "%(who)s sagde ja til, at noget fra en besked kom med i planen.",
    "Din besked handler om %(thing)s.",
    "Du har ikke en kontaktperson endnu. Ring til kommunen. Din besked er gemt som kladde.",
    "Den besked kan ikke fjernes. Skriv en ny, hvis noget er forkert.",
    "Der er kommet en besked mere. Læs den, og svar.",
    "Sidste besked %(when)s",
    "Nu er det nogle andre, der kan se din plan. Læs, hvem det er, og svar en gang til.",
    "Svaret på din besked er forsinket. Se, hvad der sker nu.",
    "%(citizen)s venter stadig på svar på en besked.",
    "En besked er fjernet.",
    "En besked",
    "%(num)s besked at svare på",
    "Prøv et kortere møde, eller søg flere uger frem. %(name)s kan se, hvad der står i vejen.",
    "Svaret handler om planen. Det er ikke en afgørelse. Søger du om hjælp, får du svar i et brev.",
    "Telefonen får et hemmeligt link. Det viser kun »Aftale« og tiden.",
    "Telefonen får så ikke flere møder. Slet også kalenderen på selve telefonen.",
    "Vi læser den hver halve time. Men det er aftalerne her, der gælder.",
    "Vi læser din kalender",
    "Vi læser ikke det her med det samme. Er det akut: ring 112.",
    "Vi mangler at vide, hvilket sprog.",
    "Vælg din kalender under »Udgiv en kalender«, og vælg »Kan se, hvornår jeg er optaget«.",
}
