"""What the pages call things: Danish for the words that stand in rows (domain.md C3 and C4)."""

from __future__ import annotations

CASE_STATES = {
    "MODTAGET": "Modtaget",
    "SCREENING": "Bliver screenet",
    "VENTER_PAA_VURDERING": "Venter på vurdering",
    "AFVIST_IKKE_MAALGRUPPE": "Ikke i målgruppen",
    "HENVIST_TIL_ENHED": "Henvist til enhed",
    "TILBUD_GIVET": "Tilbud givet",
    "BETAENKNING": "Borgeren tænker over det",
    "AFVENTER_STEDFORTRAEDER": "Afventer værge eller forælder",
    "AFVENTER_LEDER": "Afventer leder",
    "IKKE_TRUFFET": "Borgeren er ikke truffet",
    "AFSLAAET_AF_BORGER": "Borgeren sagde nej",
    "SAMTYKKE_GIVET": "Samtykke givet",
    "KOORDINATOR_UDPEGET": "Koordinator udpeget",
    "PLAN_UDARBEJDES": "Planen skrives",
    "PLAN_AFVENTER_BORGER": "Planen venter på borgeren",
    "PLAN_AKTIV": "Planen følges",
    "PLAN_REVIDERES": "Planen ændres",
    "AFSLUTNING_FORBEREDES": "Afslutning forberedes",
    "SAMTYKKE_TRUKKET": "Samtykke trukket tilbage",
    "AFVIKLING": "Afvikles",
    "DOED": "Borgeren er død",
    "FLYTTET_KOMMUNE": "Borgeren er flyttet",
    "SAT_I_BERO": "Sat i bero",
    "AFSLUTTET": "Afsluttet",
    "EFTEROPFOELGNING": "Efteropfølgning",
    "ARKIVERET": "Arkiveret",
    "SLETTET": "Slettet",
}

GOAL_STATES = {
    "ikke_begyndt": "Ikke begyndt",
    "i_gang": "I gang",
    "delvist_naaet": "Delvist nået",
    "naaet": "Nået",
    "aendret": "Ændret",
    "opgivet": "Opgivet",
}

EFFORT_STATES = {
    "foreslaaet": "Foreslået",
    "afventer_bevilling": "Afventer bevilling",
    "bevilget": "Bevilget",
    "i_gang": "I gang",
    "paa_pause": "På pause",
    "afsluttet_maal_naaet": "Afsluttet, målet er nået",
    "afsluttet_andet": "Afsluttet",
    "afslaaet": "Afslået",
}

PARTY_ROLES = {
    "borger": "Borger",
    "foraeldremyndighedsindehaver": "Forælder med forældremyndighed",
    "vaerge": "Værge",
    "fremtidsfuldmaegtig": "Fremtidsfuldmægtig",
    "partsrepraesentant": "Partsrepræsentant",
    "bisidder": "Bisidder",
    "paaroerende": "Pårørende",
    "netvaerk": "Netværk",
}

PLAN_STATES = {
    "udkast": "Udkast",
    "hos_borger": "Hos borgeren",
    "accepteret": "Gælder nu",
    "afloest": "Afløst af en ny udgave",
}

GOAL_KINDS = {"maal": "Mål", "delmaal": "Delmål", "progressionsmaal": "Progressionsmål"}

FIELDS_OF_LIFE = {
    "sociale_forhold": "Sociale forhold",
    "beskaeftigelse": "Beskæftigelse",
    "uddannelse": "Uddannelse",
    "forsoergelse": "Forsørgelse og økonomi",
    "helbred_fysisk": "Helbred, fysisk",
    "helbred_psykisk": "Helbred, psykisk",
    "misbrug": "Misbrug",
    "bolig": "Bolig",
    "familie": "Familie og børn",
    "netvaerk": "Netværk og fritid",
    "kriminalitet": "Kriminalitet",
}

EFFORT_KINDS = {
    "uddannelsespaalaeg": "Uddannelsespålæg",
    "tvaerfaglig": "Tværfaglig",
    "bostoette": "Bostøtte",
    "virksomhedsrettet": "Virksomhedsrettet",
}

#: What may be decided under another unit's law (forms/delegation.form).
DECISION_TYPES = EFFORT_KINDS | {
    "mentor": "Mentor",
    "uddannelsesfremmende": "Uddannelsesfremmende",
    "vejledning_i_barsel": "Vejledning i barsel",
    "studiestartskoordinator": "Studiestartskoordinator",
    "misbrugsbehandling": "Misbrugsbehandling",
    "familieindsats": "Familieindsats",
    "bevilling": "Bevilling",
    "befordring": "Befordring",
    "sanktion": "Sanktion",
    "fritagelse": "Fritagelse for aktivering",
    "andet": "Andet",
}

#: The kinds of information that a consent names.
INFORMATION = {
    "familie": "Familie og børn",
    "oekonomi": "Økonomi",
    "beskaeftigelse": "Beskæftigelse",
}

LAWS = {
    "LAB": "Lov om en aktiv beskæftigelsesindsats",
    "SEL": "Serviceloven",
    "BL": "Barnets lov",
    "KUI": "Lov om kommunal indsats for unge",
    "LAS": "Lov om aktiv socialpolitik",
    "SDPL": "Sygedagpengeloven",
    "SUL": "Sundhedsloven",
    "FSL": "Folkeskoleloven",
    "AELDRE": "Ældreloven",
    "ALMENBOLIG": "Almenboligloven",
    "ANDEN": "Anden lov",
}

#: Where an application stands (engine/domain/escalation.py).
APPLICATION_STATES = {
    "skrevet": "Skrevet, ikke afgjort",
    "dagsorden": "På visitationsudvalgets dagsorden",
    "afgjort": "Afgjort",
    "egen_kompetence": "Afgjort af koordinatoren",
}

#: What a follow-up decided.
FOLLOW_UP_CHANGES = {
    "ingen": "Planen fortsætter",
    "juster_plan": "Planen skal ændres",
    "bevilling": "Der skal søges en bevilling",
    "afslut": "Forløbet skal afsluttes",
}

MEETING_KINDS = {
    "netvaerksmoede": "Netværksmøde",
    "overdragelsesmoede": "Overdragelsesmøde",
    "opfoelgning": "Opfølgning",
}

MEETING_STATES = {"planlagt": "Planlagt", "afholdt": "Afholdt", "aflyst": "Aflyst"}

MEETING_PLACES = {
    "hjem": "Hjemme hos borgeren",
    "uddannelse": "Uddannelsesstedet",
    "arbejdsplads": "Arbejdspladsen",
    "vaerested": "Værested",
    "gade": "På gaden",
    "sengeafsnit": "Sengeafsnit",
    "paaroerende": "Hos pårørende",
    "kontor": "Kontor",
    "andet": "Andet sted",
}

MEETING_FORMS = {
    "fysisk": "Fysisk møde",
    "video": "Videomøde",
    "telefon": "Telefonmøde",
    "gaatur": "Gåtur",
    "hjemmebesoeg": "Hjemmebesøg",
}

#: Why somebody was left off an invitation: the answer of the table `videregivelse`.
LEFT_OUT = {
    "kraever_samtykke": "Borgeren har ikke givet samtykke til at dele oplysninger her.",
    "ikke_tilladt": "Oplysninger må ikke deles her, heller ikke med samtykke.",
}


def of(labels: dict[str, str], word: str | None) -> str:
    """The label, or the word itself with its first letter large: never an empty cell."""
    if not word:
        return ""
    return labels.get(word) or word.replace("_", " ").capitalize()
