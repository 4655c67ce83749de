"""The calls, as OpenAPI 3.1: written once, here; a test holds it against the routes and the problems."""

from typing import Any

from app.api import schemas
from app.api.request_bodies import DAYS_MOST
from app.api.responses import KINDS
from app.api.schemas import Shape, ref

PROBLEM_WORDS = {
    400: "Det, du sendte, kan ikke læses.",
    401: "Nøglen mangler eller gælder ikke.",
    403: "Nøglen giver ikke adgang, eller borgeren har ikke sagt ja til én plan.",
    404: "Det findes ikke, eller et andet system har booket det.",
    409: "Tiden er optaget, eller mødet er slut. Svaret har op til tre andre tider.",
    412: "Mødet er ændret, siden du læste det.",
    413: "Det, du sendte, er for stort.",
    422: "Et felt kan ikke bruges. Svaret siger hvilket.",
    428: "If-Match mangler.",
    429: "For mange kald. Retry-After siger, hvor mange sekunder du skal vente.",
    503: "Vi kan ikke gemme lige nu. Prøv igen om lidt.",
}
ALWAYS = (401, 403, 429, 503)
WRITES = (400, 413, 422)
CHANGES = (404, 409, 412, 428)

WHOLE_NUMBER: Shape = {"type": "integer", "minimum": 1}


def _header(name: str, shape: Shape, words: str, *, needed: bool = True) -> Shape:
    return {"name": name, "in": "header", "required": needed, "schema": shape, "description": words}


def _query(name: str, shape: Shape, words: str, *, needed: bool = True) -> Shape:
    return {"name": name, "in": "query", "required": needed, "schema": shape, "description": words}


KEY = _header("Idempotency-Key", schemas.KEY, "Den samme, når du prøver det samme igen.")
IF_MATCH = _header("If-Match", schemas.ETAG, "Den ETag, du fik, da du læste mødet.")
IF_NONE_MATCH = _header("If-None-Match", schemas.ETAG, "Den ETag, du har i forvejen.", needed=False)
MEETING_ID = {"name": "meeting_id", "in": "path", "required": True, "schema": schemas.UUID}


def _answer(words: str, schema: str, *headers: str) -> Shape:
    content = {"application/json": {"schema": ref(schema)}}
    told = {name: {"schema": {"type": "string"}, "required": True} for name in headers}
    return {"description": words, "content": content, "headers": told}


def _refusals(*codes: int) -> dict[str, Shape]:
    content = {"application/problem+json": {"schema": ref("Problem")}}
    found = {str(code): {"description": PROBLEM_WORDS[code], "content": content} for code in sorted(codes)}
    found["429"]["headers"] = {"Retry-After": {"schema": WHOLE_NUMBER, "required": True}}
    return found


def _body(*schemas: str, needed: bool = True) -> Shape:
    shape = ref(schemas[0]) if len(schemas) == 1 else {"oneOf": [ref(one) for one in schemas]}
    return {"required": needed, "content": {"application/json": {"schema": shape}}}


def _call(name: str, words: str, answers: Shape, codes: tuple[int, ...], **more: Any) -> Shape:
    return {
        "operationId": name,
        "summary": words,
        "security": [{"token": []}],
        "responses": answers | _refusals(*ALWAYS, *codes),
    } | more


FREE = _call(
    "findFree",
    "Tider, der passer alle. De bedste først.",
    {"200": _answer("Tiderne, og hvorfor de er gode.", "FreeSlots")},
    (422,),
    parameters=[
        _query("citizen", schemas.UUID, "Borgeren."),
        _query("with", schemas.PEOPLE, "De fagpersoner, der skal med.") | {"style": "form", "explode": True},
        _query("from", schemas.INSTANT, "Den første tid. Skriv + som %2B."),
        _query("to", schemas.INSTANT, f"Den sidste tid, højst {DAYS_MOST} dage efter."),
        _query("minutes", schemas.MINUTES, "Hvor længe mødet varer."),
        _query("channel", schemas.CHANNEL, "Måden. Uden den: in_person.", needed=False),
        _query("place_id", schemas.UUID, "Stedet, så vejen dertil regnes med.", needed=False),
    ],
)
BOOK = _call(
    "bookMeeting",
    "Book et møde. Borgeren bliver spurgt, medmindre det er en pligt.",
    {"201": _answer("Mødet, som det er nu.", "Meeting", "Location", "ETag")},
    (*WRITES, 409),
    parameters=[KEY],
    requestBody=_body("MeetingWish"),
)
READ = _call(
    "readMeeting",
    "Læs et møde, som dit eget system har booket.",
    {
        "200": _answer("Mødet, som det er nu.", "Meeting", "ETag"),
        "304": {"description": "Det er, som du læste det."},
    },
    (404,),
    parameters=[IF_NONE_MATCH],
)
CHANGE = _call(
    "changeMeeting",
    "Flyt et møde, eller ret noget andet i det. Det, du ikke nævner, bliver stående.",
    {"200": _answer("Mødet, som det er nu.", "Meeting", "ETag")},
    (*WRITES, *CHANGES),
    parameters=[KEY, IF_MATCH],
    requestBody=_body("MeetingMove", "MeetingChange"),
)
CANCEL = _call(
    "cancelMeeting",
    "Aflys et møde. Tiden er fri med det samme.",
    {"200": _answer("Mødet, som det er nu.", "Meeting", "ETag")},
    (*WRITES, *CHANGES),
    parameters=[KEY, IF_MATCH],
    requestBody=_body("Cancellation", needed=False),
)
OPENAPI: Shape = {
    "operationId": "describe",
    "summary": "Denne beskrivelse.",
    "security": [],
    "responses": {
        "200": {
            "description": "OpenAPI 3.1.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        "304": {"description": "Det er, som du læste det."},
    },
}

DESCRIPTION: Shape = {
    "openapi": "3.1.0",
    "info": {
        "title": "Én plan",
        "version": "1",
        "summary": "Møder for andre systemer i kommunen.",
        "description": "Kommunen laver nøglen med: enplan token create --system NAVN --scope meetings",
    },
    "servers": [{"url": "/"}],
    "paths": {
        "/api/openapi.json": {"get": OPENAPI},
        "/api/v1/free": {"get": FREE},
        "/api/v1/meetings": {"post": BOOK},
        "/api/v1/meetings/{meeting_id}": {"parameters": [MEETING_ID], "get": READ, "patch": CHANGE},
        "/api/v1/meetings/{meeting_id}/cancel": {"parameters": [MEETING_ID], "post": CANCEL},
    },
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "En nøgle med retten meetings."}
        },
        "schemas": schemas.SCHEMAS,
    },
    "x-problems": [f"/problems/{kind}" for kind in KINDS],
}
