"""The tour of somebody's first hour: what to try, and where."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import tours
from engine.queries import tour
from engine.queries.tour import Step
from web import signing
from web.texts import gettext as _

blueprint = Blueprint("tour", __name__)


@dataclass(frozen=True)
class Stop:
    """A step in words: what to do, why, and the page where it is done (None: not on a page)."""

    step: Step
    title: str
    says: str
    action: str
    address: str | None


@blueprint.app_context_processor
def _offer() -> dict:
    return {"tour_offered": _offered}


def _offered() -> bool:
    """Whether this page is where a newcomer is offered the tour."""
    if request.endpoint != "inbox.show":
        return False
    return tour.offered(signing.reading(), signing.me().username)


@blueprint.get("/rundtur")
def show():
    found = tour.of_user(signing.reading(), signing.me().username)
    stops = [_stop(step, found.unit) for step in found.steps]
    following = next((stop for stop in stops if not stop.step.done), None)
    return render_template("tour.html", tour=found, stops=stops, following=following)


@blueprint.post("/rundtur/<trin>")
def tick(trin: str):
    me = signing.me().username
    tours.remember(signing.store(), me, tour.step_to_remember(signing.reading(), me, trin))
    return redirect(url_for("tour.show"), 303)


@blueprint.post("/rundtur/skjul")
def hide():
    tours.remember(signing.store(), signing.me().username, tours.HIDDEN)
    flash(_("Rundturen er skjult. Du finder den igen i menuen under dit navn."))
    return redirect(url_for("inbox.show"), 303)


@blueprint.post("/rundtur/vis")
def offer_again():
    tours.forget(signing.store(), signing.me().username, tours.HIDDEN)
    return redirect(url_for("tour.show"), 303)


def _stop(step: Step, unit: str | None) -> Stop:
    title, says, action = _words()[step.key]
    return Stop(step, title, says, action, _address(step, unit))


def _address(step: Step, unit: str | None) -> str | None:
    if step.task_id:
        return url_for("task.show", task_id=step.task_id)
    if step.nummer and step.key == "plan":
        return url_for("plan.show", nummer=step.nummer)
    if step.nummer:
        anchor = "notes-title" if step.key == "note" else None
        return url_for("case.show", nummer=step.nummer, _anchor=anchor)
    match step.key:
        case "tag":
            return url_for("inbox.show", fane="ikke_fordelt")
        case "svar" | "bero":
            return url_for("inbox.show")
        case "fordel":
            return url_for("inbox.show", fane="ikke_fordelt")
        case "overskredet":
            return url_for("inbox.show", fane="ikke_fordelt", frist="overskredet")
        case "sag" | "plan" | "note" | "sager" | "find":
            return url_for("cases.show")
        case "henvis":
            return url_for("referral.show")
        case "kalender":
            return url_for("calendar.show")
        case "noegletal":
            return url_for("figures.show")
        case "beskeder":
            return url_for("notices.show")
        case "fravaer":
            return url_for("absence.show")
        case "ramme":
            return url_for("frame.show", kode=unit) if unit else None
        case "tilgaengelighed":
            return url_for("accessibility.show")
    return None


def _words() -> dict[str, tuple[str, str, str]]:
    """What each step is called, what one does, and what its link says."""
    return {
        "tag": (
            _("Tag en opgave"),
            _(
                "Under »Ikke fordelt« ligger det, din enhed skal svare på. Tryk »Tag«, så ved dine kolleger, at du har den."
            ),
            _("Åbn en opgave, der er fri"),
        ),
        "svar": (
            _("Svar på en opgave"),
            _(
                "Udfyld felterne, og tryk på knappen nederst. Dit svar gemmes, mens du skriver. Til højre står, hvorfor opgaven er her, og hvad der sker bagefter."
            ),
            _("Åbn din næste opgave"),
        ),
        "bero": (
            _("Sæt en opgave i bero"),
            _("Venter du på andre, så sæt opgaven i bero til en dag. Den kommer selv igen."),
            _("Åbn en opgave"),
        ),
        "sag": (
            _("Åbn en sag"),
            _(
                "Alt om borgerens forløb står på én side: hvor sagen er, hvem der er med, og hvad der er det næste. Det noteres, at du har åbnet den."
            ),
            _("Åbn sagen"),
        ),
        "plan": (
            _("Læs planen"),
            _(
                "Øverst står borgerens egne ord, nedenunder mål, indsatser og aftaler. Du kan sammenligne med planen fra sidste møde."
            ),
            _("Åbn planen"),
        ),
        "note": (
            _("Skriv en note"),
            _(
                "En telefonsamtale noteres på sagen med det samme. Du behøver ingen opgave for at gøre det."
            ),
            _("Gå til noter"),
        ),
        "find": (
            _("Find en sag hurtigt"),
            _(
                "Tryk Ctrl K fra en hvilken som helst side, og skriv et navn eller et sagsnummer. På telefon trykker du »Gå til« øverst."
            ),
            _("Se listen over sager"),
        ),
        "henvis": (
            _("Henvis en borger"),
            _(
                "Møder du en borger, der har brug for et samlet forløb, så send en henvisning. Du får svar, og du kan se, hvor den er."
            ),
            _("Åbn henvisningen"),
        ),
        "fravaer": (
            _("Skriv, hvornår du er væk"),
            _(
                "Vælg en stedfortræder til din ferie. Dine opgaver ligger så hos jer begge, og begge navne står i historikken."
            ),
            _("Åbn dit fravær"),
        ),
        "kalender": (
            _("Se de næste uger"),
            _(
                "Kalenderen viser møder og frister i dine sager. Du kan også hente den ind i din egen kalender."
            ),
            _("Åbn kalenderen"),
        ),
        "noegletal": (
            _("Se nøgletallene"),
            _(
                "Få tal, hver med sin forklaring: frister, opfølgninger og antal sager. Tryk på et tal for at se, hvad det er talt af."
            ),
            _("Åbn nøgletal"),
        ),
        "beskeder": (
            _("Læs dine beskeder"),
            _(
                "Klokken øverst siger, hvad du bør vide, uden at det er en opgave. Markér beskederne som set, når du har læst dem."
            ),
            _("Åbn beskeder"),
        ),
        "overskredet": (
            _("Se, hvad der er over fristen"),
            _(
                "Filtret »Frist« viser det, der haster. Tryk på i ved fristen for at se, hvor den kommer fra."
            ),
            _("Vis det overskredne"),
        ),
        "fordel": (
            _("Fordel en opgave"),
            _(
                "Vælg en eller flere opgaver, og tryk »Giv videre…« under listen. Den, der får dem, kan se det i sin indbakke."
            ),
            _("Åbn »Ikke fordelt«"),
        ),
        "ramme": (
            _("Læs enhedens ramme"),
            _(
                "Rammen siger, hvad enheden har besluttet om kvalitet, mandat og opfølgning. Lederen kan ændre den fra en dag."
            ),
            _("Åbn rammen"),
        ),
        "taster": (
            _("Prøv tasterne"),
            _(
                "Tryk ? for at se alle taster. I listen over opgaver flytter du med j og k og åbner med Enter."
            ),
            "",
        ),
        "sager": (
            _("Se, hvad du ikke kan se"),
            _(
                "Din rolle giver ikke adgang til borgeres sager, så listen er tom. Sådan ser det også ud for andre uden del i en sag."
            ),
            _("Åbn listen over sager"),
        ),
        "tilgaengelighed": (
            _("Læs tilgængelighedserklæringen"),
            _("Her står, hvordan siderne er prøvet, og hvad der ikke er tilgængeligt endnu."),
            _("Åbn erklæringen"),
        ),
        "kontrol": (
            _("Kontrollér historikken"),
            _(
                "Bed driften om at køre »overligger audit verify«. Svaret er, om alle hændelser er, som de blev skrevet."
            ),
            "",
        ),
    }
