"""Slovene."""

from dedup.text.lang.language import Language, Outcome, Phrases

SLOVENE = Language(
    code="sl",
    name="Slovene",
    months=(
        "januarja januar",
        "februarja februar",
        "marca marec",
        "aprila april",
        "maja maj",
        "junija junij",
        "julija julij",
        "avgusta avgust",
        "septembra september",
        "oktobra oktober",
        "novembra november",
        "decembra december",
    ),
    weekdays=(
        "ponedeljek ponedeljka",
        "torek torka",
        "sredo sreda srede",
        "četrtek četrtka",
        "petek petka",
        "soboto sobota sobote",
        "nedeljo nedelja nedelje",
    ),
    numbers={
        2: "dva dve dveh dvema",
        3: "tri trije treh",
        4: "štiri štirje štirih",
        5: "pet petih",
        6: "šest šestih",
        7: "sedem sedmih",
        8: "osem osmih",
        9: "devet devetih",
        10: "deset desetih",
        11: "enajst",
        12: "dvanajst",
        15: "petnajst",
        20: "dvajset",
        30: "trideset",
        40: "štirideset",
        50: "petdeset",
        100: "sto",
    },
    units=(
        "tisoč tisoče",
        "milijonov milijon milijona milijone mio",
        "milijard milijarda milijarde mrd",
        "€ evrov evro evra evre",
        "$ dolarjev dolar dolarja",
        "% odstotkov odstotek odstotka odstotke",
        "kilometrov km kilometer",
        "metrov meter metra",
        "minut min minuta minute",
        "ur ura ure",
        "leta leto let",
    ),
    synonyms=("koronavirus koronavirusa koronavirusu koronavirusom covid-19 covid",),
    negations="ni ne niso nista brez niti nihče nič nikoli",
    only="samo le zgolj edini edina",
    until="dokler",
    outcomes=(
        Outcome(
            "iščejo išče",
            "prijeli prijela prijet pridržali",
        ),
        Outcome(
            "predlagal predlagala predlagali predlaga predlagajo",
            "podpisal podpisala podpisali",
        ),
        Outcome("pogrešan pogrešana izginil izginila iščejo", "našli najden najdena"),
        Outcome("kriv kriva krivega obsojen obsodilo", "nedolžen oproščen oprostilo"),
        Outcome("potrdil potrdila potrdili potrjuje", "zanikal zanikala zanikali zanika"),
        Outcome("prijeli prijet aretiran priprt", "izpustili izpuščen"),
        Outcome("odprli odprt", "zaprli zaprt"),
        Outcome("zmagal zmagala zmagali", "izgubil izgubila izgubili"),
        Outcome("sprejel sprejela sprejeli potrdili", "zavrnil zavrnila zavrnili"),
        Outcome(
            "začel začela začeli začelo začne začnejo",
            "končal končala končali končalo konča končajo končan končana",
        ),
        Outcome("dobiček dobička dobičkom", "izguba izgubo izgube"),
        Outcome("obsodil obsodila", "oprostil oprostila"),
        Outcome(
            "zrasel zrasla narasel narasla podražil podražila",
            "padel padla upadel upadla pocenil pocenila",
        ),
        Outcome("dovolil dovolila dovolili", "prepovedal prepovedala prepovedali"),
        Outcome("umrl umrla umrli", "preživel preživela rešili"),
        Outcome(
            "traja trajajo nadaljuje nadaljujejo poteka potekajo",
            "končan končana končano končali prekinjen prekinjena prekinili ustavili",
        ),
        Outcome(
            "pričakuje pričakujejo napoveduje napovedujejo napovedan napovedano",
            "zapadel zapadlo prizadelo prizadel prizadela zajelo zajel",
        ),
        Outcome(
            "odvijal potekala",
            "prestavljen prestavljena prestavili odpovedan odpovedana odpovedali preložen "
            "preložili",
        ),
        Outcome(
            "ohranil ohranila ohranili",
            "znižal znižala znižali zvišal zvišala zvišali",
        ),
        Outcome(
            "sprejel sprejela sprejeli potrdil potrdila potrdili podprl podprla podprli",
            "podpisal podpisala podpisali",
        ),
    ),
    denials=(
        "zanikal zanikala zanikalo zanikali zanika zanikajo demantiral demantirala "
        "demantirali demantira demantirajo"
    ),
    agencies="sta rtv delo dnevnik večer reuters afp slovenija slovenije",
    service=(
        "sporočil sporočila sporočili sporoča sporočajo sporočilu povedal povedala povedali "
        "dejal dejala dejali dodal dodala dodali zapisal zapisala zapisali piše poroča poročajo "
        "poročal poročala objavil objavila objavili objavljen objavljeno stran strani spletna "
        "spletni spletne portal časnik časopis agencija agenciji uredništvo novica novice novic "
        "članek članku preberite berite poglejte več deli delite natisni pošlji komentar "
        "komentarji komentarjev odgovori prijava prijavite registracija geslo ime vaše e-pošta "
        "e-naslov tudi tukaj foto fotografija fotografije video galerija vir avtor oglas "
        "pridržane"
    ),
    stock=(
        "tega temu teh tudi kadar bodo bilo bila bili biti pred skozi kateri katera katero "
        "katerih svojem svoje svojih naša naši naših vseh lahko samo okoli med okoliščine "
        "podrobnosti preiskujejo kmalu"
    ),
    phrases=Phrases(
        subscribe=("naročite se", "prijavite se", "sledite nam", "pridružite se"),
        channels=("naš", "nam", "novic", "facebook", "telegram", "youtube", "e-novic"),
        more=("preberite tudi", "preberite še", "berite tudi", "več:"),
        credit=("avtor", "avtorji", "foto", "vir", "video", "fotografija", "oznake"),
        earlier=("spomnimo", "pred tem", "kot smo poročali"),
        cookies=("cookie", "piškotk", "piškotke", "osebnih podatkov"),
        cookie_use=("splet", "stran", "uporablja", "soglas", "brskal", "privol"),
        correction=("popravek", "dopolnitev", "v prejšnji različici"),
    ),
)
