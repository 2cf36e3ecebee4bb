"""Why a verb may say no. The docstring is what the user reads."""

from __future__ import annotations

from engine.errors import Refused


class NoSuchTask(Refused):
    """Opgaven findes ikke, eller du har ikke adgang til den. Gå tilbage til indbakken."""


class AlreadyCompleted(Refused):
    """Opgaven blev løst af {hvem} {hvornaar}. Dit svar er ikke gemt. Åbn sagen for at se, hvad der er sket."""


class NoLongerWanted(Refused):
    """Opgaven er ikke længere aktuel, fordi sagen er gået videre. Dit svar er ikke gemt. Åbn sagen for at se, hvad der er sket."""


class ClaimedByAnother(Refused):
    """Opgaven er taget af {hvem}. Aftal med vedkommende at få den, eller bed enhedens leder om at fordele den."""


class NotClaimed(Refused):
    """Opgaven er ikke taget af nogen, så der er intet at lægge tilbage."""


class NotHeld(Refused):
    """Opgaven er ikke stillet i bero, så der er intet at genoptage. Den ligger i indbakken."""


class NotAnswered(Refused):
    """Opgaven er ikke løst endnu, så der er intet svar at rette. Åbn opgaven, og løs den."""


class CorrectionWithoutReason(Refused):
    """Skriv, hvorfor svaret rettes, så kollegerne og borgeren kan se det."""


class NothingCorrected(Refused):
    """Det rettede svar er det samme som det gamle, så der er intet at gemme. Ret det, der er forkert, eller gå tilbage til sagen."""


class NotYours(Refused):
    """Kun {hvem} eller enhedens leder kan lægge opgaven tilbage."""


class CannotReceive(Refused):
    """{hvem} kan ikke få opgaven, fordi vedkommende ikke må se den. Vælg en anden, eller giv vedkommende en rolle i enheden."""


class NotTheirDeputy(Refused):
    """Du er ikke stedfortræder for {hvem} i dag og kan ikke handle på vedkommendes vegne. Enhedens leder kan registrere fraværet."""


class MayNot(Refused):
    """Det har du ikke rettighed til. Enhedens leder kan gøre det eller give dig rettigheden."""


class HoldInThePast(Refused):
    """En opgave kan kun stilles i bero til et tidspunkt, der ikke er passeret. Vælg en senere dato."""


class HoldWithoutReason(Refused):
    """Skriv, hvorfor opgaven stilles i bero, så kollegerne kan se det."""


class NobodyWaits(Refused):
    """Ingen sag venter på beskeden {besked} nu. Se på sagen, hvad den venter på."""


class BeginsOtherwise(Refused):
    """Processen kan ikke åbnes på den måde. Den begynder {hvordan}. Start den sådan, eller bed procesejeren om at tegne en almindelig starthændelse."""


class StepFailed(Refused):
    """Handlingen kunne ikke gennemføres på grund af en fejl i forløbet. Intet er gemt. Administratoren har fået besked (hændelse {nummer}) og kan prøve igen, når fejlen er rettet."""


class NoSuchIncident(Refused):
    """Hændelsen findes ikke eller er allerede afsluttet. Se listen over åbne hændelser."""
