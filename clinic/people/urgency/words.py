"""Phrases, in English and Spanish, after which a nurse should call at once.

Holds words only; `finding.py` says how they are read. Sources: the signs with which people on
immunotherapy are told to call at once (Daniels et al., Emerg Med J 2019;36:369-377, PMC6582806; the
ASCO guideline on immune-related adverse events, Schneider et al., J Clin Oncol 2021;39:4073-4126),
fever from 100.4 °F (38 °C) during treatment (CDC), the signs of a stroke (CDC), and the warning
signs of the 988 Suicide & Crisis Lifeline. Put together on 22 November 2026 and NOT YET CONFIRMED
BY A CLINICIAN: the centre's medical lead reads this list before real patients write to it.

The notation is that of `clinic/phrases.py`; `SHE` is she or somebody near to who writes. What
catches too much costs a call; what catches too little may cost a life: in doubt it stands here.
"""

from __future__ import annotations

from typing import Final

NOT_MEANT: Final = """
hay fever | fiebre del heno
emergency (contact|contacts|phone|number)
(telefono|numero|contacto|contactos|persona) de (emergencia|emergencias)
in case of emergency | en caso de emergencia
(\\d+|many|muchos) kms
"""
"""Read over, whatever else is written."""

ALONE: Final = """
(please |oh god |i need |somebody |someone )?help( me| us)?( please| now)?
(ay dios |por favor |necesito |pido )?(ayuda|auxilio|socorro)( por favor)?
"""
"""Only where a sentence says nothing more: "I need help with the form" is ordinary."""

UNSPACED: Final = "cano?tbreath | nopuedorespirar | killmyself | quieromorir"
"""Looked for with all blanks taken out, for who has no breath for them."""

SHE: Final = (
    "(he|she|they|mom|mother|mama|dad|father|papa|husband|wife|son|daughter|sister|brother)"
)

BODY: Final = r"""
cant … (breath*|breth*) | cant … (get|catch|getting) … air
(not|isnt|arent|wasnt|stop|stops|stopped|quit) … breathing | breathing … stopped
(trouble|difficult*|hard|harder|problem*|struggl*|barely|hardly|labored) … breath*
breathing … (hard|difficult|bad|worse|trouble|heavy|fast)
(short*|out) of breath* | breathles* | gasping | wheezing | choking | suffocating | turning blue
(lip|lips|face|mouth|tongue) … (blue|gray|grey|purple) | blue lips

chest … (pain*|hurt*|tight*|pressure|heav*|ache*|aching|burn*)
(pain*|pressure|tightness|hurt*|ache*) … chest
heart … (attack|racing|pounding|stopped) | palpitations | blood (clot|clots)

bleeding | bleeds | bleading | bleedin | hemorrhag* | haemorrhag*
(cough*|throw*|threw|vomit*|spit*|puk*|lost|losing) … blood
blood … (stool*|urine|pee|poop|vomit|everywhere|toilet|drain|wound|incision|stitches)
blood (is |was |keeps |just )?(coming|pouring|gushing|dripping|running)
(black|bloody|tarry) (stool*|poop|diarrhea)

fainted | fainting | collapsed | unconscious | unresponsive
(feel*|felt|almost|nearly) … faint
(pass|passed|passing) out | (black|blacked|blacking) out | cant … wake … up
(wont|isnt|not|doesnt|didnt) (waking|wake) up !(early|before|till|until|at|for|in|on|to)
wont wake
SHE (is )?(not|isnt|wont|doesnt|stopped) (respond*|react*) !(to|with|as|well|very|by|on|about)

confused !(about|by|with|as|which|where|how|what|whether) | confusion !(about|over)
disoriented | hallucinat* | delirious | delirium | not making … sense
SHE (really |just )?(doesnt|dont|didnt) make … sense
(doesnt|dont|didnt) (know|recogniz*|recognise) (me|us|who|where (he|she|they))

stroke | strokes | slur* | stiff neck | worst headache
face … (droop*|numb*|fell|crooked)
(arm|arms|leg|legs|side) … numb*
(droop*|numb*) … (face|mouth|arm|arms|leg|legs|side|feet|foot)
(sudden*) … (weak*|numb*|blind*|vision|headache|cant)
lost … (vision|sight|speech)
headache … (worst|terrible|unbearable|severe|wont) | (severe|terrible|unbearable) headache
cant (walk|stand up|get up|move) !(to|into|in|that|from|far|there|it|the|my|our|a|an|long|very)
cant … (move|feel|lift) … (arm|arms|leg|legs|feet|foot|face|side)
cant … (control|hold) … (bladder|bowel*|urine|pee) | cant (pee|urinate)
seizure* | seizing | convulsion* | convulsing

fever* | chills | shivering | shaking all over | sepsis | septic
temp* … (101|102|103|104|105|106|38|39|40|41)
temp* … 100 (4|5|6|7|8|9)
(100 (4|5|6|7|8|9)|(101|102|103|104|105|106)( \d)?) (f|degrees|fahrenheit)
(38|39|40|41)( \d)? (degrees|celsius) | (38|39|40|41) \d c

(face|throat|tongue|lip|lips|mouth) … (swel*|swol*|closing)
(swel*|swol*) … (face|throat|tongue|lip|lips|mouth)
anaphyla* | allergic reaction | hives | blisters | cant swallow | jaundice*
skin … (peeling|blistering) | (eyes|skin) … yellow

(severe|terrible|unbearable|excruciating|extreme|horrible|intense|awful|worst|much|lot of) … pain*
pain* … (severe|unbearable|excruciating|terrible|horrible|worst|so bad)
pain* … (10|ten) (out of|of) (10|ten)
cant … (stand|bear|take|handle) … pain | agony | excruciating
hurt* … (so|too|really) (bad|badly|much) | cant (stand|bear) it !(when|that|if)

cant … keep … (down|fluids|water|anything|food|liquids)
cant (eat|drink) … (anything|at all) | cant … stop (vomiting|throwing|puking)
(vomit*|throwing up|threw up|puking) … (everything|nonstop|non stop|constantly|hours|all|days)
diarrhea … (blood|bloody|days|nonstop|constant|severe|bad|stop|hours|times)
(severe|constant|bad|terrible) … diarrhea | dehydrated

dying | overdos* | took too many … (pill*|tablets)
(took|swallowed) (all|every|((the|a|an) (whole|entire))) … (pill*|tablet*|med|meds|medic*|bottle)
emergency | emergencies | urgent | urgently | ambulance | paramedic* | (feel*|felt) very ill
(call*|dial*) … (911|988)
911 ! … (street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|way|highway|place)
need … help (now|right now|right away|immediately|at once) | help me (now|please)
"""

DESPAIR: Final = """
cant … (do|take|stand|bear|handle) … (this|it|that) (anymore|any more|any longer|no more)
cant go on !(vacation|a|the|that|this|monday|tuesday|wednesday|thursday|friday|saturday|sunday)
cant (live|cope) (anymore|any more|like this|with this)
(want|wants|wanted|wana|wish|ready|rather|going|better) … (die|be dead)
wish … (was|were) dead | better off (dead|without me)
(kil*|hurt*|harm*|hang|shoot|cut|cuts|cutting) (myself|herself|himself) | self harm*
(end|ending|take|taking) (my|her|his) (own )?life | (end|ending) (it all|everything)
(end|ending) things !(with)
dont want to (live|be here|be alive|wake up|go on|exist)
no (reason|point) … (live|living|going on) | not worth living | nothing to live for
(no one|noone|nobody) … miss me | kms
(have|has|got|bought|buy|find) (a|my|his|her|the) (gun|pistol|rifle)
suicid*
"""

CUERPO: Final = r"""
no … (respir*|respiro)
(cuesta|dificil|dificultad*|problema*|trabajo|duele|apenas) … respir*
respir* … (mal|dificultad|trabajo)
(falta|faltando|sin|poco) … (aire|aliento) | no me entra … aire
ahogo | ahoga | ahogando* | asfixi* | atragant*

(dolor*|presion|opresion|punzada*|ardor) … pecho
duele … pecho | pecho … (duele|apriet*|oprim*|dolor)
(ataque*) … (corazon|cardiaco|epilep*) | infarto | taquicardia | palpitaciones
coagulo* | trombosis | embolia

sangrado | sangrando | sangra | sangro | sangrar | hemorragia*
(vomit*|tos|toso|tose|tosiendo|escup*|orin*|perd*|pierdo|mucha) … sangre
sangre … (heces|orina|popo|excremento|vomito)
(heces|popo|excremento) … (negro|negra|negras)

desmay* | inconsciente | no (responde|reacciona|despierta)
(perdi|perdio|pierde|pierdo) … (conocimiento|conciencia|consciencia)
(confundido|confundida) !(con|por|sobre|acerca) | desorientad* | alucina* | delira* | delirio
no (me|nos) (reconoce|conoce) | no sabe donde esta

derrame | ictus | apoplejia | cuello rigido
(cara|boca) … (caida|torcida|chueca|dormida|paraliza*)
(dormido|dormida|adormecid*|entumecid*) … (brazo*|pierna*|cara|lado|mano*|pies)
(brazo*|pierna*|cara|mano*|pies) … (dormid*|adormecid*|entumecid*|paraliza*)
se (me|le) (duerm*|durmi*|adormec*|entum*) … (brazo*|pierna*|cara|lado|mano*|pie|pies|boca)
(habla|hablo|hablando) … (raro|arrastra*|enredado)
de repente … (debil*|cieg*|vision|no)
dolor* … cabeza … (fuerte|terrible|insoportable|peor|intenso)
no … (mover|mueve|mueven|moverme|levantarme|caminar) !(la cita|mi cita|el|hasta|mucho|lejos)
no … (siento|siente) … (pierna*|brazo*|pies|cara)
no … (orinar|aguantar la orina)
convulsion* | convulsiona*

fiebre* | calentura* | escalofrio* | temblores | sepsis
temperatura … (38|39|40|41|100|101|102|103|104)
(38|39|40|41)( \d)? (grados|centigrados) | (100|101|102|103|104)( \d)? (grados|fahrenheit)

(hincha*|inflama*) … (cara|garganta|lengua|labio*|boca)
(cara|garganta|lengua|labio*|boca) … (hincha*|inflama*|cierra|cerrando)
anafila* | reaccion* alergica* | ronchas | ampollas | no … tragar
(ojos|piel) … amaril* | ictericia

(mucho*|fuerte*|terrible*|insoportable*|horrible*|intenso*|tanto|peor) … dolor*
dolor* … (fuerte*|terrible*|insoportable*|horrible*|intenso*|muy)
(duele|duelen) … (much*|demasiado|horrible|tanto)
no (aguanto|soporto|aguanta|soporta) !(el frio|el calor|esperar)

no … retener | no … (tomar|beber|comer) nada
(vomit*|devuelv*) … (todo|siempre|cesar|horas|noche|dia|parar)
(llev*|dias|horas|noche) … vomit*
(paro|para|parar|deja|dejo) de vomitar
diarea … (sangre|dias|fuerte|constante|horas|veces|para) | (mucha|fuerte) diarea | deshidrat*

me muero | muriendo* | se muere | sobredosis | (tome|tomo) … (muchas|demasiadas) pastillas
(me|se) (tome|tomo|trague|trago) … (todas|toda|todo|frasco|bote|muchas)
emergencia* | urgente* | urgencia* | ambulancia*
(lam*|marq*) … (911|988)
(ayuda|ayudenme|ayudeme) … (ya|ahora|urgente|inmediat*) | ayudenme | ayudeme por favor
(siento|siente|estoy|esta) … muy (mal|grave|enfermo|enferma)
"""

DESESPERO: Final = """
no puedo mas !(tarde|temprano|que|de|los|las|el|antes|despues|pronto|dias|horas)
ya no (puedo|aguanto|soporto) !(ir|asistir|lamar|a|el|los|la|las|por|en|tomar|usar)
no (quiero|quisiera|deseo) … (vivir|seguir|despertar|existir) !(con el|con la|con mi|en esa)
no … ganas de vivir | mejor … muert* | mejor sin mi
(quiero|quisiera|quiere|deseo|prefiero|ojala|gustaria) … (morir*|muriera|muert*)
(quitarme|quitarse) la vida | matarme | matarse | suicid* | ahorcarme
(me|se) … matar | me mato | pensamiento* … (muerte|morir*|suicid*)
me (corto|corte|cortaba) !(el pelo|el cabello|las unas|la llamada|el dedo) | cortandome
(acabar|terminar) con (todo|mi vida|mi sufrimiento) | hacerme dano | lastimarme | cortarme
no vale la pena … (vivir|seguir) | no … sentido … (vida|vivir|seguir)
"""

PHRASES: Final = (BODY, DESPAIR, CUERPO, DESESPERO)
