"""What can go wrong between a diagram and the people it serves."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Broken, Refused


class DiagramError(Exception):
    """A diagram that this engine cannot execute: raised by `compile`, never while running."""

    def __init__(self, element: str, message: str, process: str = ""):
        self.element, self.message, self.process = element, message, process
        where = f"{process}: {element}" if process else element
        super().__init__(f"{where}: {message}")


class BpmnError(Exception):
    """A business error that an error boundary event or an event sub-process may catch.

    Services raise it; `data` becomes variables where it is caught.
    """

    def __init__(self, code: str, message: str = "", data: Mapping[str, object] | None = None):
        self.code, self.message, self.data = code, message, dict(data or {})
        super().__init__(f"{code}: {message}" if message else code)


class UncaughtError(Broken):
    """An error that nothing in the diagram catches."""

    def __init__(self, error: BpmnError, element: str):
        self.error, self.element = error, element
        super().__init__(f"{element}: nobody catches the error {error}")


class UncaughtEscalation(Broken):
    """An escalation that nothing in the diagram catches."""

    def __init__(self, code: str | None, element: str):
        self.code, self.element = code, element
        super().__init__(f"{element}: nobody catches the escalation {code}")


class Stuck(Broken):
    """The diagram cannot get further by itself, and nobody is asked to help it."""

    def __init__(self, element: str, reason: str):
        self.element, self.reason = element, reason
        super().__init__(f"{element}: {reason}")


class NobodyWaits(Refused):
    """Sagen venter ikke på {message} nu. Se på sagen, hvad den venter på."""

    def __init__(self, message: str):
        super().__init__(message=message)


class WorkGone(Refused):
    """Opgaven er allerede løst eller er ikke længere aktuel. Åbn sagen for at se, hvad der er sket."""


class TimerGone(Refused):
    """Fristen findes ikke længere: den er udløbet, eller sagen er gået videre. Åbn sagen igen."""


class NotJson(Refused):
    """Oplysningerne kan ikke gemmes i sagens forløb. Ret svaret, og prøv igen."""
