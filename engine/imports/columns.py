"""The columns of the spreadsheet: the key of each, its heading, and what an example row says."""

from __future__ import annotations

# Only the first row of a case fills those of the case itself; a further row with the same system and
# case number adds one more goal, unit or consent.
OF_CASE = (
    ("system", "Kildesystem", "Gammelsag"),
    ("old_number", "Gammelt sagsnummer", "G-77"),
    ("name", "Borgerens navn", "Eksempel Eksempelsen"),
    ("cpr", "CPR-nummer", ""),
    ("replacement", "Erstatningsnummer", ""),
    ("birth_date", "Fødselsdato", "14-03-1990"),
    ("address", "Adresse", "Prøvevej 1, 9999 Fiktivby"),
    ("address_protected", "Beskyttet adresse", "nej"),
    ("unit", "Ansvarlig enhed", "JOB"),
    ("coordinator", "Koordinator", "koordinator-1"),
    ("deputy", "Stedfortræder", "koordinator-2"),
    ("accepted_on", "Plan accepteret", "03-11-2025"),
    ("last_held", "Seneste opfølgning", "15-09-2026"),
)
REPEATED = (
    ("goal", "Mål", "Jeg vil have et sted at bo"),
    ("owed_unit", "Forpligtet enhed", "BOL"),
    ("owed_does", "Hvad enheden gør", "Finder en bolig"),
    ("owed_contact", "Kontakt i enheden", "Bo Bolig"),
    ("consent_kind", "Samtykke til", "planen"),
    ("consent_who", "Samtykke: hvem", ""),
    ("consent_types", "Samtykke: oplysninger", ""),
    ("consent_purpose", "Samtykke: formål", ""),
    ("consent_on", "Samtykke givet", "20-10-2025"),
    ("consent_form", "Samtykkets form", "skriftlig"),
)
#: A second row of the example: one more goal and one more consent of the same case.
SECOND = {
    "system": "Gammelsag",
    "old_number": "G-77",
    "goal": "Jeg vil i arbejde",
    "consent_kind": "dele",
    "consent_who": "X-RPS",
    "consent_types": "helbred, bolig",
    "consent_purpose": "At behandlingen passer til planen",
    "consent_on": "20-10-2025",
    "consent_form": "skriftlig",
}
COLUMNS = OF_CASE + REPEATED
HEADINGS = {key: heading for key, heading, _ in COLUMNS}
KEYS = {heading.casefold(): key for key, heading, _ in COLUMNS}
REQUIRED = (
    "system",
    "old_number",
    "name",
    "unit",
    "coordinator",
    "accepted_on",
    "goal",
    "owed_unit",
)
