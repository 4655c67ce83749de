"""The plans of Karim, Bent, Emil and Signe: smaller than Anna's, each with a need of its own."""

from app.demo.story import Promised, Said, Story, Written
from app.entries.rules import Kind
from app.goals.rules import Agreement

# What people wrote is shown in the language it was written in. In English: "I dream of opening a small
# restaurant with my brother. I want people to taste my mother's food."
RESTAURANT = "أحلم بأن أفتح مطعماً صغيراً مع أخي. أريد أن يتذوق الناس طعام أمي."

KARIM = Story(
    "karim",
    (
        Written(key="karim-mad", kind=Kind.DREAM, words=RESTAURANT, written=30, shared=30, answered=27),
        Written(
            key="karim-dansk",
            kind=Kind.GOAL,
            by="jonas",
            words="Lære det danske, man bruger i et køkken",
            written=24,
            shared=24,
            answered=24,
            area=0,
            dream="karim-mad",
            because="så kan du arbejde i et køkken, mens du sparer op.",
            said=(Said(Agreement.AGREE, 22),),
        ),
        Written(
            key="karim-hold",
            kind=Kind.STEP,
            by="jonas",
            words="Starte på holdet hver mandag aften",
            written=24,
            shared=24,
            answered=24,
            goal="karim-dansk",
            doer="karim",
            due=9,
        ),
        Written(
            key="karim-bog",
            kind=Kind.STEP,
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
        Written(
            key="karim-ryg",
            kind=Kind.GOAL,
            by="sara",
            words="Løfte og bære uden at få ondt",
            written=6,
            shared=6,
            answered=6,
            area=1,
            dream="karim-mad",
            because="arbejdet i et køkken er hårdt for ryggen.",
        ),
        # In English: "I want to take the bus to the meetings alone."
        Written(
            key="karim-bus",
            kind=Kind.GOAL,
            words="أريد أن أذهب إلى المواعيد بالحافلة وحدي.",
            written=2,
            shared=2,
        ),
    ),
    (
        Promised(
            key="karim-tolk", words="Der er en tolk med til alle dine møder.", by="line", made=40, due=60
        ),
    ),
)

BENT = Story(
    "bent",
    (
        Written(
            key="bent-hus",
            kind=Kind.DREAM,
            words="Jeg vil blive i mit hus.",
            written=35,
            shared=35,
            answered=33,
        ),
        Written(
            key="bent-post",
            kind=Kind.GOAL,
            by="thea",
            words="Få styr på posten",
            written=28,
            shared=28,
            answered=28,
            area=4,
            dream="bent-hus",
            because="så bliver regningerne betalt.",
            said=(Said(Agreement.AGREE, 27),),
        ),
        Written(
            key="bent-aabne",
            kind=Kind.STEP,
            by="thea",
            words="Åbne brevene sammen hver uge",
            written=28,
            shared=28,
            answered=28,
            goal="bent-post",
            doer="thea",
            due=3,
        ),
        Written(
            key="bent-kasse",
            kind=Kind.STEP,
            by="thea",
            words="Lægge alle breve i den røde kasse",
            written=28,
            shared=28,
            answered=28,
            goal="bent-post",
            doer="bent",
            due=5,
        ),
        Written(
            key="bent-kaffe",
            kind=Kind.OTHER,
            words="Kom gerne om formiddagen. Så er der kaffe.",
            written=3,
            shared=3,
        ),
    ),
    (Promised(key="bent-lampe", words="Der kommer lys ved din trappe.", by="thea", made=20, due=6),),
)

EMIL = Story(
    "emil",
    (
        Written(
            key="emil-bil",
            kind=Kind.DREAM,
            words="Jeg vil være mekaniker og have mit eget værksted.",
            written=29,
            shared=29,
            answered=28,
        ),
        Written(
            key="emil-skole",
            kind=Kind.GOAL,
            by="ali",
            words="Komme i skole fire dage om ugen",
            written=21,
            shared=21,
            answered=21,
            area=0,
            dream="emil-bil",
            because="en læreplads vil se, at du møder.",
            said=(Said(Agreement.DISAGREE, 19, "Tre dage er nok lige nu. Jeg bliver helt flad."),),
        ),
        Written(
            key="emil-vaerksted",
            kind=Kind.STEP,
            words="Besøge værkstedet, hvor min onkel arbejder",
            written=14,
            shared=14,
            answered=13,
            doer="emil",
            due=7,
        ),
        Written(
            key="emil-ro",
            kind=Kind.GOAL,
            words="Jeg vil have et sted at være, når der er for meget larm hjemme",
            written=1,
            shared=1,
            area=3,
            dream="emil-bil",
        ),
    ),
    (Promised(key="emil-vejleder", words="Du får en tid hos en vejleder.", by="omar", made=15, due=11),),
)

SIGNE = Story(
    "signe",
    (
        Written(
            key="signe-ro",
            kind=Kind.DREAM,
            words="Jeg vil gå ud ad døren uden at se mig over skulderen.",
            written=34,
            shared=34,
            answered=33,
        ),
        Written(
            key="signe-by",
            kind=Kind.GOAL,
            by="thea",
            words="Lære tre trygge steder at kende",
            written=25,
            shared=25,
            answered=25,
            area=2,
            dream="signe-ro",
            because="så er der altid et sted at gå hen.",
            said=(Said(Agreement.AGREE, 24),),
        ),
        Written(
            key="signe-tur",
            kind=Kind.STEP,
            by="thea",
            words="Gå den første tur sammen",
            written=25,
            shared=25,
            answered=25,
            goal="signe-by",
            doer="thea",
            due=4,
        ),
        Written(
            key="signe-telefon",
            kind=Kind.STEP,
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
        Promised(
            key="signe-laas", words="Vi betaler en ny lås til din dør.", by="omar", made=22, due=-9, kept=11
        ),
    ),
)

STORIES = (KARIM, BENT, EMIL, SIGNE)
