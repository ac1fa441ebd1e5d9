"""An invented centre. Its numbers are from the range kept free for fiction (555-01xx)."""

from __future__ import annotations

from datetime import datetime

from clinic.places.models import Centre, ContactPoint, ContactRole, Location

HOURS = ("Monday to Friday, 8 am to 5 pm", "Lunes a viernes, de 8 a.m. a 5 p.m.")
ALWAYS = ("Day and night", "Día y noche")
NUMBERS = (
    (ContactRole.MAIN, "Call us", "Llámenos", "0100", HOURS),
    (ContactRole.NIGHT, "24-hour nurse line", "Enfermería las 24 horas", "0111", ALWAYS),
    (ContactRole.APPOINTMENTS, "Appointments", "Citas", "0120", HOURS),
    (ContactRole.TRIALS, "Research nurses", "Enfermeras de investigación", "0130", HOURS),
    (ContactRole.INTERPRETER, "Free interpreter", "Intérprete gratis", "0140", ALWAYS),
    (ContactRole.PEDIATRIC, "Children and teenagers", "Niños y adolescentes", "0150", ALWAYS),
    (ContactRole.SUPPORT, "Someone to talk to", "Alguien con quien hablar", "0160", ALWAYS),
)
LOCATIONS = (
    ("Riverside Cancer Center", "Riverside Building", "100 River Road, Springfield, NY 10001"),
    ("Hillside Clinic", "Hillside Building", "20 Hill Street, Springfield, NY 10002"),
)


def load(at: datetime) -> None:
    """Make the centre, its numbers and its two buildings, where they are not there yet."""
    if Centre.objects.exists():
        return
    Centre.objects.create(
        name="Riverside Cancer Center",
        neutral_name="Riverside Center",
        sender_address="requests@riverside.example",
        privacy_notice_url="",
        # As most clinics do.
        open_holidays=["Columbus Day", "Veterans Day"],
    )
    for role, label, label_es, line, hours in NUMBERS:
        ContactPoint.objects.create(
            role=role,
            label=label,
            label_es=label_es,
            display=f"(212) 555-{line}",
            digits=f"+1212555{line}",
            spoken=f"2 1 2. 5 5 5. {' '.join(line)}",
            hours_text=hours[0],
            hours_text_es=hours[1],
        )
    for name, neutral, address in LOCATIONS:
        Location.objects.create(
            name=name,
            neutral_name=neutral,
            address=address,
            note="Step-free entrance. Free parking.",
            note_es="Entrada sin escalones. Estacionamiento gratis.",
        )
