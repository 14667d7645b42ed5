"""Czech."""

from dedup.text.lang.language import Language, Outcome, Phrases, plans

CZECH = Language(
    code="cs",
    name="Czech",
    months=(
        "ledna leden",
        "února únor",
        "března březen",
        "dubna duben",
        "května květen",
        "června červen",
        "července červenec",
        "srpna srpen",
        "září",
        "října říjen",
        "listopadu listopad",
        "prosince prosinec",
    ),
    weekdays=(
        "pondělí",
        "úterý",
        "středu středa středy",
        "čtvrtek čtvrtka",
        "pátek pátku",
        "sobotu sobota soboty",
        "neděli neděle",
    ),
    numbers={
        2: "dva dvě dvou dvěma dvoje",
        3: "tři tří třem třemi troje",
        4: "čtyři čtyř čtyřem",
        5: "pět pěti",
        6: "šest šesti",
        7: "sedm sedmi",
        8: "osm osmi",
        9: "devět devíti",
        10: "deset deseti",
        11: "jedenáct jedenácti",
        12: "dvanáct dvanácti",
        13: "třináct třinácti",
        14: "čtrnáct čtrnácti",
        15: "patnáct patnácti",
        16: "šestnáct šestnácti",
        17: "sedmnáct sedmnácti",
        18: "osmnáct osmnácti",
        19: "devatenáct devatenácti",
        20: "dvacet dvaceti",
        30: "třicet třiceti",
        40: "čtyřicet čtyřiceti",
        50: "padesát padesáti",
        60: "šedesát",
        70: "sedmdesát",
        80: "osmdesát",
        90: "devadesát",
        100: "sto",
    },
    units=(
        "tisíc tisíce tis",
        "milionů mil milion milionu miliony",
        "miliard mld miliarda miliardy",
        "korun kč koruna koruny",
        "€ eur euro eura",
        "$ dolarů dolar dolary",
        "% procent procenta procento",
        "kilometrů km kilometr kilometry",
        "metrů metr metry",
        "tun tuna tuny",
        "minut min minuta minuty",
        "hodin hodina hodiny hod",
        "roku rok let",
    ),
    negating="ne",
    synonyms=("koronavirus koronaviru koronavirem covid-19 covid",),
    negations="ne není nebyl nebyla nejsou bez ani nikdo nic nikdy",
    only="jen jenom pouze jediný jediná",
    until="dokud",
    outcomes=(
        Outcome(
            "hledá hledají pátrá pátrají",
            "zadržel zadržela zadrželi zadržen dopadl dopadla dopadli",
        ),
        Outcome(
            "navrhl navrhla navrhli navrhuje navrhují",
            "podepsal podepsala podepsali",
        ),
        Outcome(
            "zmizel zmizela pohřešovaný pohřešovaná hledá", "nalezen nalezena našli našel našla"
        ),
        Outcome(
            "vinen vinna vinným odsouzen odsoudil odsouzena",
            "nevinen nevinna zproštěn zprostil osvobodil",
        ),
        Outcome(
            "potvrdil potvrdila potvrdili potvrzuje", "popřel popřela popřeli vyvrátil vyvrací"
        ),
        Outcome("zadržen zadržena zadrželi zatčen", "propuštěn propuštěna propustili"),
        Outcome("otevřel otevřeli otevřen otevřena", "zavřel zavřeli uzavřen uzavřena"),
        Outcome(
            "zahájili zahájil zahájila zahájena zahájen začali začal začala začalo",
            "ukončili ukončil ukončila ukončena ukončen skončili skončil skončila skončilo",
        ),
        Outcome("vyhrál vyhrála vyhráli zvítězil", "prohrál prohrála prohráli"),
        Outcome("schválil schválila schválili přijal", "zamítl zamítla zamítli odmítl zrušil"),
        Outcome(
            "vzrostl vzrostla vzrostly vzrostlo vzroste stoupl stoupla stouply stouplo stoupne "
            "zdražil zdražila zdražily zdražilo zdraží",
            "klesl klesla klesly kleslo klesne zlevnil zlevnila zlevnily zlevnilo zlevní",
        ),
        Outcome("bude budou", "nebude nebudou"),
        Outcome("může mohou", "nemůže nemohou"),
        Outcome("zemřel zemřela zahynul zahynula", "přežil přežila zachránili zachráněn"),
        Outcome("hoří hasí plane", "uhasili uhašen uhašený uhašeno lokalizován lokalizovali"),
        Outcome("potvrdil potvrdila potvrdili potvrzen", "zrušil zrušila zrušili zrušen zrušena"),
        Outcome("zisk zisku zisky ziskem", "ztráta ztrátu ztráty ztrátou"),
        Outcome("odsoudili odsouzeni", "osvobodila osvobodili zprostila"),
        Outcome("povolil povolila povolili povoleno", "zakázal zakázala zakázali zakázáno"),
        Outcome(
            "obnovil obnovila obnovili obnoven", "přerušil přerušila přerušili přerušen pozastavil"
        ),
        Outcome("souhlasil souhlasila souhlasili", "odmítl odmítla odmítli"),
        Outcome("posílila posílil posílily", "oslabila oslabil oslabily"),
        Outcome(
            "pokračuje pokračují trvá trvají",
            "skončil skončila skončilo skončily ukončen ukončena ukončeno ukončili přerušeno "
            "přerušili přerušena uhašen",
        ),
        Outcome(
            "očekává očekávají předpovídá předpovídají hrozí",
            "napadl napadlo napadly zasáhl zasáhla zasáhly udeřil udeřila udeřily přehnal "
            "přehnala přehnaly",
        ),
        Outcome(
            "odehraje odehrají uskuteční koná konají",
            "odkládá odkládají odložen odložena odloženo odložili zrušen zrušena zrušeno "
            "zrušili přesunut",
        ),
        Outcome(
            "ponechal ponechala ponechali",
            "snížil snížila snížili zvýšil zvýšila zvýšili",
        ),
        Outcome(
            "schválil schválila schválili přijal přijala přijali podpořil podpořila podpořili",
            "podepsal podepsala podepsali",
        ),
        *plans(
            "projedná projednají | projednal projednala projednali",
            "schválí | schválil schválila schválilo schválili schválily",
            "podepíše podepíší podepíšou | podepsal podepsala podepsali",
            "přijme přijmou | přijal přijala přijalo přijali",
            "zavede zavedou | zavedl zavedla zavedlo zavedli",
            "zruší | zrušil zrušila zrušilo zrušili zrušily",
            "prodlouží | prodloužil prodloužila prodloužilo prodloužili",
            "zakáže zakážou | zakázal zakázala zakázalo zakázali",
            "jmenuje jmenují | jmenoval jmenovala jmenovali",
            "zvolí | zvolil zvolila zvolili",
            "otevře otevřou | otevřel otevřela otevřelo otevřeli otevřely",
            "uzavře uzavřou zavře zavřou | uzavřel uzavřela uzavřelo uzavřeli uzavřely "
            "zavřel zavřela zavřelo zavřeli zavřely",
            "začne začnou zahájí | začal začala začalo začali začaly zahájil zahájila "
            "zahájilo zahájili zahájily",
            "skončí ukončí | skončil skončila skončilo skončili skončily ukončil ukončila ukončili",
            "uskuteční | uskutečnil uskutečnila uskutečnilo uskutečnili uskutečnily",
            "proběhne proběhnou | proběhl proběhla proběhlo proběhly",
            "spustí | spustil spustila spustilo spustili spustily",
            "postaví | postavil postavila postavilo postavili",
            "opraví | opravil opravila opravilo opravili",
            "vyplatí | vyplatil vyplatila vyplatilo vyplatili",
            "získá získají dostane dostanou | získal získala získalo získali dostal "
            "dostala dostalo dostali",
            "předá předají | předal předala předalo předali",
            "vzroste vzrostou | vzrostl vzrostla vzrostlo vzrostli vzrostly",
            "zdraží | zdražil zdražila zdražilo zdražily",
            "sníží | snížil snížila snížilo snížili",
            "zvýší | zvýšil zvýšila zvýšilo zvýšili",
            "přijede přijedou | přijel přijela přijelo přijeli",
            "navštíví | navštívil navštívila navštívili",
            "sejde sejdou | sešel sešla sešlo sešli sešly",
            "vystoupí | vystoupil vystoupila vystoupili",
            "vrátí | vrátil vrátila vrátilo vrátili vrátily",
        ),
    ),
    denials=(
        "popřel popřela popřelo popřeli popírá popírají dementoval dementovala dementovalo "
        "dementovali dementuje dementují vyvrátil vyvrátila vyvrátili nepravdivé nepravdivá "
        "hoax"
    ),
    agencies="čtk idnes novinky reuters afp česko české čt rozhlas",
    service=(
        "informoval informovala informovali informuje sdělil sdělila sdělili uvedl uvedla "
        "uvedli uvádí řekl řekla řekli dodal dodala dodali prohlásil prohlásila napsal napsala "
        "napsali píše oznámil oznámila oznámili zveřejnil zveřejnila zveřejnili zveřejněn "
        "zveřejněna zveřejněno článek článku server serveru webu webové stránka stránky "
        "stránkách portál deník deníku agentura agentuře agentury redakce redakci zpráva zprávy "
        "zpráv čtěte přečtěte podívejte sledujte více sdílet sdílejte tisknout vytisknout tisk "
        "poslat pošlete odeslat odpovědět komentář komentáře komentářů diskuse diskuze "
        "přihlásit přihlaste registrace heslo jméno vaše e-mail e-mailem odběr newsletter "
        "kopírovat schránky také rovněž tady foto fotografie fotogalerie galerie video snímek "
        "snímky snímků zdroj autor aktualizováno reklama vyhrazena tiskový"
    ),
    stock=(
        "tento tato toto tohoto tomto těchto také když bude budou bylo byla byly být jestli "
        "před přes aby který která které kterých svém svého svých naše naši našich všech může "
        "mohou jenom pouze kolem mezi okolnosti podrobnosti vyšetřuje vyšetřují připravujeme "
        "sledujeme"
    ),
    phrases=Phrases(
        subscribe=("odebírejte", "přihlaste se", "sledujte nás", "přidejte se k"),
        channels=("náš", "naš", "nás", "newsletter", "odběr", "facebook", "telegram", "youtube"),
        more=("čtěte také", "čtěte více", "přečtěte si", "čtěte dále", "viz také"),
        credit=("autor", "autoři", "foto", "zdroj", "video", "snímek", "štítky"),
        earlier=("připomeňme", "dříve", "jak jsme informovali"),
        cookies=("cookie", "osobních údajů"),
        cookie_use=("web", "stránk", "použív", "využív", "souhlas", "prohlížeč", "zásad"),
        correction=("oprava", "opraveno", "upřesnění", "v původní verzi"),
    ),
    misleading="ten",
)
