"""A chatbot for the web: pip install starlette uvicorn && uvicorn --app-dir docs/examples --factory web_bot:app.

POST /chat           {"session": "abc", "text": "我的快递到哪了"}   -> {"action", "text", "options", "owner", "ticket"}
POST /agent          {"session": "abc", "text": "已经帮您催了"}     what the human agent says; it is only remembered
POST /give-back      {"session": "abc"}                            the bot may speak again
"""

import threading
from collections import OrderedDict

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from cs_nlp import Assistant, Session
from cs_nlp.decide.ticket_json import ticket_json

MOST_SESSIONS = 10_000


class Sessions:
    """The latest conversations in memory; a shop would keep `session.to_json()` in its database instead."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: OrderedDict[str, tuple[Session, threading.Lock]] = OrderedDict()

    def get(self, key: str) -> tuple[Session, threading.Lock]:
        """The conversation and its lock."""
        with self._lock:
            found = self._sessions.setdefault(key, (Session(), threading.Lock()))
            self._sessions.move_to_end(key)
            if len(self._sessions) > MOST_SESSIONS:
                self._sessions.popitem(last=False)
            return found


def app(bot: Assistant | None = None) -> Starlette:
    """The application."""
    assistant, sessions = bot or Assistant.load(), Sessions()

    async def body(request: Request) -> tuple[str, str] | None:
        try:
            row = await request.json()
            key, text = row["session"], row.get("text", "")
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return (key, text) if isinstance(key, str) and isinstance(text, str) else None

    async def chat(request: Request) -> JSONResponse:
        if (given := await body(request)) is None:
            return JSONResponse({"error": "session and text are needed, both as text"}, status_code=400)
        session, lock = sessions.get(given[0])
        with lock:  # one message of a conversation after another; a reply takes well under a millisecond
            reply = assistant.reply(given[1], session)
        return JSONResponse(
            {
                "action": reply.action.value,
                "text": reply.text,
                "options": [option.text for option in reply.options],
                "owner": session.owner,
                "ticket": ticket_json(reply.ticket) if reply.ticket is not None else None,
            }
        )

    async def agent(request: Request) -> JSONResponse:
        if (given := await body(request)) is None:
            return JSONResponse({"error": "session and text are needed, both as text"}, status_code=400)
        session, lock = sessions.get(given[0])
        with lock:
            session.hear_agent(given[1])
        return JSONResponse({"owner": session.owner})

    async def give_back(request: Request) -> JSONResponse:
        if (given := await body(request)) is None:
            return JSONResponse({"error": "session is needed, as text"}, status_code=400)
        session, lock = sessions.get(given[0])
        with lock:
            session.give_back()
        return JSONResponse({"owner": session.owner})

    return Starlette(
        routes=[
            Route("/chat", chat, methods=["POST"]),
            Route("/agent", agent, methods=["POST"]),
            Route("/give-back", give_back, methods=["POST"]),
        ]
    )
