"""German."""

from dedup.text.lang.language import Language, Outcome, Phrases

GERMAN = Language(
    code="de",
    name="German",
    months=(
        "januar jan jänner",
        "februar feb",
        "märz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober okt",
        "november",
        "dezember dez",
    ),
    weekdays=(
        "montag montags",
        "dienstag dienstags",
        "mittwoch mittwochs",
        "donnerstag donnerstags",
        "freitag freitags",
        "samstag samstags sonnabend",
        "sonntag sonntags",
    ),
    numbers={
        2: "zwei zweier",
        3: "drei dreier",
        4: "vier",
        5: "fünf",
        6: "sechs",
        7: "sieben",
        8: "acht",
        9: "neun",
        10: "zehn",
        11: "elf",
        12: "zwölf",
        13: "dreizehn",
        14: "vierzehn",
        15: "fünfzehn",
        16: "sechzehn",
        17: "siebzehn",
        18: "achtzehn",
        19: "neunzehn",
        20: "zwanzig",
        30: "dreissig",
        40: "vierzig",
        50: "fünfzig",
        60: "sechzig",
        70: "siebzig",
        80: "achtzig",
        90: "neunzig",
        100: "hundert",
    },
    units=(
        "tausend tsd",
        "millionen million mio",
        "milliarden milliarde mrd",
        "€ euro eur euros",
        "$ dollar dollars",
        "% prozent",
        "kilometer km",
        "meter",
        "tonnen tonne",
        "minuten minute min",
        "stunden stunde std",
        "uhr",
        "jahre jahr jahren",
    ),
    synonyms=("coronavirus corona covid-19 covid",),
    negations="nicht kein keine keinen ohne nie niemals niemand nichts weder",
    only="nur bloss lediglich einzige einziger",
    until="solange",
    outcomes=(
        Outcome(
            "gesucht sucht fahndet",
            "festgenommen gefasst verhaftet",
        ),
        Outcome(
            "vorgeschlagen vorschlug beantragt",
            "unterzeichnet unterzeichnete unterschrieben",
        ),
        Outcome(
            "vermisst vermisste vermisster verschwunden gesucht",
            "gefunden wiedergefunden aufgetaucht",
        ),
        Outcome("schuldig verurteilt", "unschuldig freigesprochen freispruch"),
        Outcome("bestätigt bestätigte bestätigten", "dementiert dementierte bestritt bestreitet"),
        Outcome("festgenommen verhaftet", "freigelassen entlassen"),
        Outcome("geöffnet eröffnet", "geschlossen"),
        Outcome("gewann gewinnt siegte", "verlor verliert unterlag"),
        Outcome("beschlossen angenommen gebilligt", "abgelehnt aufgehoben gekippt"),
        Outcome("stieg steigt stiegen gestiegen", "fiel sank sinkt sanken gesunken gefallen"),
        Outcome("begann beginnt begonnen begannen", "endete endet geendet beendet endeten"),
        Outcome("starb gestorben getötet", "überlebte überlebt gerettet"),
        Outcome("brennt brennen lodert", "gelöscht löschten"),
        Outcome("bestätigt bestätigte bestätigten", "aufgehoben hob hoben"),
        Outcome("gewinn gewinne gewinns", "verlust verluste verlusts"),
        Outcome("verurteilte verurteilten", "freisprach freisprachen"),
        Outcome("erlaubt erlaubte genehmigt genehmigte", "verboten verbot untersagt untersagte"),
        Outcome("stimmte stimmten zugestimmt", "weigerte weigerten verweigert verweigerte"),
        Outcome(
            "dauert dauern andauert läuft",
            "beendet beendeten eingestellt abgebrochen abgeschlossen gelöscht",
        ),
        Outcome(
            "erwartet erwarten vorhergesagt angekündigt droht drohen",
            "gefallen fielen traf trafen getroffen hinweg hinweggefegt fegte fegten wütete wüteten",
        ),
        Outcome(
            "stattfinden stattfindet",
            "verschoben vertagt abgesagt",
        ),
        Outcome(
            "beliess belässt belassen",
            "senkte senkt gesenkt erhöhte erhöht angehoben",
        ),
        Outcome(
            "beschlossen verabschiedet verabschiedete angenommen gebilligt billigte",
            "unterzeichnet unterzeichnete unterschrieben",
        ),
    ),
    denials=(
        "dementiert dementierte dementierten dementieren bestreitet bestreiten bestritt "
        "bestritten falschmeldung"
    ),
    agencies="dpa afp reuters ard zdf apa sda deutschland",
    service=(
        "sagte sagten teilte mitteilte mitgeteilt berichtet berichtete berichten berichteten "
        "meldet meldete meldeten erklärte erklärten fügte hinzu schreibt schrieb veröffentlicht "
        "veröffentlichte artikel beitrag webseite website internetseite zeitung zeitschrift "
        "agentur nachrichtenagentur redaktion nachricht nachrichten lesen lies mehr weiterlesen "
        "teilen drucken senden antworten kommentar kommentare kommentieren abonnieren "
        "newsletter anmelden registrieren passwort benutzername name e-mail auch hier foto "
        "fotos video videos bild bilder bildergalerie quelle autor anzeige werbung vorbehalten"
    ),
    stock=(
        "dieser diese dieses diesem diesen auch wenn werden wird wurde wurden worden haben "
        "hatte hatten sein seine seinem seiner ihre ihrem ihrer nach über unter durch gegen "
        "während weil welche welcher unser unsere unserer alle allen kann können nur etwa mehr "
        "zwischen oder sich einem einen einer umstände einzelheiten ermittelt ermittelten "
        "weitere kürze folgen informationen"
    ),
    phrases=Phrases(
        subscribe=("abonnieren sie", "abonniere", "folgen sie uns", "folge uns", "melden sie sich"),
        channels=("unser", "uns", "newsletter", "kanal", "telegram", "youtube", "whatsapp"),
        more=("lesen sie auch", "lesen sie mehr", "mehr zum thema", "weiterlesen", "siehe auch"),
        credit=("foto", "fotos", "quelle", "autor", "bild", "text", "video", "redaktion"),
        earlier=("zuvor", "wie berichtet", "bereits zuvor"),
        cookies=("cookie",),
        cookie_use=("website", "webseite", "verwend", "nutz", "zustimm", "einwillig", "browser"),
        correction=(
            "korrektur",
            "berichtigung",
            "in einer früheren version",
            "anmerkung der redaktion",
        ),
    ),
    capitals="All nouns have capitals, so a capital alone does not make a name.",
)
