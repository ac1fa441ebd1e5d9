"""What may be an emergency is found however it is typed; ordinary sentences are left alone."""

from __future__ import annotations

import pytest

from clinic.people.urgency.finding import finds_urgent_words

URGENT = """
I can't breathe
I can’t breathe
I can`t breathe
i cant breath
I can not breathe well
I cannot really breathe lying down
I CAN´T BREATHE!!
I caaan't breeeathe
can't... breathe
couldn't breathe last night
I am not able to breathe deeply
It's hard for me to breathe
shortness of breath since Tuesday
I am so short of breath
No chest pain, but trouble breathing
I don't have chest pain any more
My chest hurts when I walk
chest-pain
there is pressure on my chest
I am bleeding a lot
the bleeding won't stop
coughing up blood
there is blood in my stool
She fainted this morning
I passed out twice
Mom is confused and talks nonsense
I think I had a stroke
her face is drooping
slurred speech
my left arm is numb
I can't feel my legs
I can't walk anymore
he had a seizure
I have a fever of 101
fever and chills
My temperature is 100.4
temp 101.3
103 °F since noon
39.2 °C
my throat is swelling
my lips are swollen
allergic reaction to the infusion
severe pain in my back
so much pain
the pain is 10 out of 10
I can't keep anything down
can't keep water down
I can't stop vomiting
diarrhea for three days
my skin is turning yellow
I cant do this any more
I can't do this anymore
I want to die
I could kill myself
thinking about suicide
I don't want to live
I do not want to be here
I can't go on
they would be better off without me
This is an emergency
should I call 911?
911
need help right now
I'm dying
No puedo respirar
no puedo  RESPIRAR bien
no puede respirar
me cuesta mucho respirar
me falta el aire
tengo dolor en el pecho
me duele el pecho
estoy sangrando mucho
vomito sangre
me desmayé ayer
MI MAMÁ SE DESMAYÓ
está muy confundida
creo que tuve un derrame
no siento las piernas
tuvo una convulsión
tengo fiebre
fiebre y escalofríos
temperatura de 38.5
se me hincha la cara
reacción alérgica
tengo mucho dolor
un dolor insoportable
me duele muchísimo
no puedo retener nada
no puedo comer nada
no paro de vomitar
no quiero vivir
ya no quiero vivir
no puedo más
¡No puedo más!
ya no puedo
quiero morirme
quitarme la vida
pienso en el suicidio
es una emergencia
es urgente
llamen al 911
me estoy muriendo
me siento muy mal
he is not breathing
she stopped breathing
not breathing
can't get air
she won't wake up
my mom is not waking up
she is not responding
my lips are blue
seizing
I'm so short of breathe
it hurts so bad i cant stand it
he doesn't make sense
there is blood coming out of my drain
I took all my pills
i took the whole bottle
cutting myself
kms
I have a gun
no one would miss me
thinking of ending things
me quiero matar
me voy a matar
me corto
pensamientos de muerte
me tomé todas las pastillas
auxilio
¡Socorro!
nopuedo respirar
llevo tres días vomitando
se me duerme el brazo
HELP
Help! My mother fell.
please help me
i need help
ayuda
¡Ayuda, por favor!
bleading
ICANTBREATHE
ICANNOTBREATHE
"""
ORDINARY = """
I would like an appointment on Thursday.
Please call after 4 pm.
I can't talk at work, call after 5.
I can't come on Monday.
I can't make it on Tuesday mornings
I can't walk to the clinic from the station
Say only your first name.
My mother had breast cancer in 2010.
My aunt died of breast cancer.
I was just told that I have triple negative breast cancer.
What does the study cost?
I have a question about immunotherapy.
My doctor told me to write to you.
My scan was on November 3.
I am confused about the forms.
Blood test results are at Dr. Lee's office.
I take blood pressure pills.
I had chemo in the spring and surgery in June.
Emergency contact: my sister Ana, 212 555 0199
My daughter can help with English.
911 Main Street, Springfield, NY 10001
988 River Road
I live 40 miles away.
I get hay fever in spring.
My number is 212 555 0911
I can't move my appointment in June.
I am anxious and would love to talk to somebody.
I would like a second opinion, please.
Thank you for your help.
My insurance is with Blue Cross.
I feel fine and work full time.
I need an interpreter for my mother
I can drive up to 100 miles
I don't want to be called at night.
I am 52 years old and have two children.
I finished radiation 3 weeks ago
Ring the bell twice, the dog barks.
I cannot find the parking garage
Reached; she would like Friday.
Left a voicemail.
Spoke with her daughter; sends records by fax.
No answer, will try again tomorrow.
She wants to think about it and talk to her husband.
She is worried about the costs and the drive.
Prefiero que me llamen por la tarde.
No puedo hablar en el trabajo.
No puedo más tarde de las cinco.
No puedo ir el lunes.
Quisiera una segunda opinión.
Mi mamá no habla inglés.
Análisis de sangre hechos en octubre.
Ya no puedo ir los martes.
Mi doctora es la Dra. Gómez.
Tengo una pregunta sobre el estudio.
Llamar después de las 4, por favor.
Me operaron en junio y terminé la quimio.
Diga solo su nombre.
Vivo con mi hija y mi esposo.
Contacto de emergencia: mi hermana
No quiero seguir con el mismo doctor.
¿Cuánto dura el tratamiento?
María del Socorro de los Dolores
No puedo mover la cita de junio
Hannah Zzyzx
100 River Road, Springfield
I need help with forms
Please help me find a study
Can you help me with the forms?
My daughter can help.
My tumor is not responding to chemo
She is not responding very well to the treatment
He isn't waking up early these days
The bill does not make sense
I live 40 kms away
I want to diet
I want to end things with my old insurance
Hospital Auxilio Mutuo
Socorro Díaz
Necesito ayuda con los formularios
Me corto el pelo en marzo
Se me cortó la llamada
My veins are blue on the port side
I take all my pills in the morning
"""


def lines(text):
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("text", lines(URGENT))
def test_what_may_be_an_emergency_is_found(text):
    assert finds_urgent_words(text)
    assert finds_urgent_words(f"Hello,\nI wrote last week.\n\n{text}\nThank you. Maria")


@pytest.mark.parametrize("text", lines(ORDINARY))
def test_ordinary_sentences_are_left_alone(text):
    assert not finds_urgent_words(text)


@pytest.mark.parametrize("text", ["", " ", "…", "😀", "שלום עולם", "9" * 5000, "a\x00b", "!" * 999])
def test_whatever_is_no_sentence_is_left_alone(text):
    assert not finds_urgent_words(text)


def test_a_long_text_is_read_to_its_end():
    assert finds_urgent_words("my long story " * 70 + "and I can't breathe")
