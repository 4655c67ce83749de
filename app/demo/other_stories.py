"""The plans of Karim, Bent, Emil and Signe: smaller than Anna's, each with a need of its own."""

from app.demo.story import CitizenStory, StoryEntry, StoryPromise, StoryResponse
from app.entries.rules import EntryKind
from app.goals.rules import Agreement

# What people wrote is shown in the language it was written in. In English: "I dream of opening a small
# restaurant with my brother. I want people to taste my mother's food."
RESTAURANT = "أحلم بأن أفتح مطعماً صغيراً مع أخي. أريد أن يتذوق الناس طعام أمي."

KARIM = CitizenStory(
    "karim",
    (
        StoryEntry(
            key="karim-mad", kind=EntryKind.DREAM, words=RESTAURANT, written=30, shared=30, answered=27
        ),
        StoryEntry(
            key="karim-dansk",
            kind=EntryKind.GOAL,
            by="jonas",
            words="Lære det danske, man bruger i et køkken",
            written=24,
            shared=24,
            answered=24,
            area=0,
            dream="karim-mad",
            because="Så kan du arbejde i et køkken, mens du sparer op.",
            said=(StoryResponse(Agreement.AGREE, 22),),
        ),
        StoryEntry(
            key="karim-hold",
            kind=EntryKind.STEP,
            by="jonas",
            words="Gå på danskholdet hver mandag aften",
            written=24,
            shared=24,
            answered=24,
            goal="karim-dansk",
            doer="karim",
            due=9,
        ),
        StoryEntry(
            key="karim-bog",
            kind=EntryKind.STEP,
            by="jonas",
            words="Skaffe en bog med ord fra køkkenet",
            written=24,
            shared=24,
            answered=24,
            goal="karim-dansk",
            doer="jonas",
            due=-8,
            done=10,
        ),
        StoryEntry(
            key="karim-ryg",
            kind=EntryKind.GOAL,
            by="sara",
            words="Løfte og bære uden at få ondt",
            written=6,
            shared=6,
            answered=6,
            area=1,
            dream="karim-mad",
            because="Arbejdet i et køkken er hårdt for ryggen.",
        ),
        # In English: "I want to take the bus to the meetings alone."
        StoryEntry(
            key="karim-bus",
            kind=EntryKind.GOAL,
            words="أريد أن أذهب إلى المواعيد بالحافلة وحدي.",
            written=2,
            shared=2,
        ),
    ),
    (
        StoryPromise(
            key="karim-tolk", words="Der er en tolk med til alle dine møder.", by="line", made=40, due=60
        ),
    ),
)

BENT = CitizenStory(
    "bent",
    (
        StoryEntry(
            key="bent-hus",
            kind=EntryKind.DREAM,
            words="Jeg vil blive i mit hus.",
            written=35,
            shared=35,
            answered=33,
        ),
        StoryEntry(
            key="bent-post",
            kind=EntryKind.GOAL,
            by="thea",
            words="Få styr på posten",
            written=28,
            shared=28,
            answered=28,
            area=4,
            dream="bent-hus",
            because="Så bliver regningerne betalt.",
            said=(StoryResponse(Agreement.AGREE, 27),),
        ),
        StoryEntry(
            key="bent-aabne",
            kind=EntryKind.STEP,
            by="thea",
            words="Åbne brevene sammen hver uge",
            written=28,
            shared=28,
            answered=28,
            goal="bent-post",
            doer="thea",
            due=3,
        ),
        StoryEntry(
            key="bent-kasse",
            kind=EntryKind.STEP,
            by="thea",
            words="Lægge alle breve i den røde kasse",
            written=28,
            shared=28,
            answered=28,
            goal="bent-post",
            doer="bent",
            due=5,
        ),
        StoryEntry(
            key="bent-kaffe",
            kind=EntryKind.STEP,
            words="Finde en formiddag, hvor Thea kan komme. Så er der kaffe.",
            written=3,
            shared=3,
            doer="bent",
            due=6,
        ),
    ),
    (StoryPromise(key="bent-lampe", words="Der kommer lys ved din trappe.", by="thea", made=20, due=6),),
)

EMIL = CitizenStory(
    "emil",
    (
        StoryEntry(
            key="emil-bil",
            kind=EntryKind.DREAM,
            words="Jeg vil være mekaniker og have mit eget værksted.",
            written=29,
            shared=29,
            answered=28,
        ),
        StoryEntry(
            key="emil-skole",
            kind=EntryKind.GOAL,
            by="ali",
            words="Komme i skole fire dage om ugen",
            written=21,
            shared=21,
            answered=21,
            area=0,
            dream="emil-bil",
            because="En læreplads vil se, at du møder op.",
            said=(StoryResponse(Agreement.DISAGREE, 19, "Tre dage er nok lige nu. Jeg bliver helt flad."),),
        ),
        StoryEntry(
            key="emil-vaerksted",
            kind=EntryKind.STEP,
            words="Besøge værkstedet, hvor min onkel arbejder",
            written=14,
            shared=14,
            answered=13,
            doer="emil",
            due=7,
        ),
        StoryEntry(
            key="emil-ro",
            kind=EntryKind.GOAL,
            words="Jeg vil have et sted at være, når der er for meget larm hjemme",
            written=1,
            shared=1,
            area=3,
            dream="emil-bil",
        ),
    ),
    (StoryPromise(key="emil-vejleder", words="Du får en tid hos en vejleder.", by="omar", made=15, due=11),),
)

SIGNE = CitizenStory(
    "signe",
    (
        StoryEntry(
            key="signe-ro",
            kind=EntryKind.DREAM,
            words="Jeg vil gå ud ad døren uden at se mig over skulderen.",
            written=34,
            shared=34,
            answered=33,
        ),
        StoryEntry(
            key="signe-by",
            kind=EntryKind.GOAL,
            by="thea",
            words="Lære tre trygge steder at kende",
            written=25,
            shared=25,
            answered=25,
            area=2,
            dream="signe-ro",
            because="Så er der altid et sted at gå hen.",
            said=(StoryResponse(Agreement.AGREE, 24),),
        ),
        StoryEntry(
            key="signe-tur",
            kind=EntryKind.STEP,
            by="thea",
            words="Gå den første tur sammen",
            written=25,
            shared=25,
            answered=25,
            goal="signe-by",
            doer="thea",
            due=4,
        ),
        StoryEntry(
            key="signe-telefon",
            kind=EntryKind.STEP,
            words="Få et nyt nummer til min telefon",
            written=20,
            shared=20,
            answered=20,
            goal="signe-by",
            doer="signe",
            due=-10,
            done=12,
        ),
    ),
    (
        StoryPromise(
            key="signe-laas", words="Vi betaler en ny lås til din dør.", by="omar", made=22, due=-9, kept=11
        ),
    ),
)

STORIES = (KARIM, BENT, EMIL, SIGNE)
