"""Polish."""

from dedup.text.lang.language import Language, Outcome, Phrases, plans

POLISH = Language(
    code="pl",
    name="Polish",
    months=(
        "stycznia styczeń stycz",
        "lutego luty",
        "marca marzec",
        "kwietnia kwiecień kwiet",
        "maja maj",
        "czerwca czerwiec czerw",
        "lipca lipiec",
        "sierpnia sierpień sierp",
        "września wrzesień wrzes",
        "października październik paźdz",
        "listopada listopad listop",
        "grudnia grudzień grudz",
    ),
    weekdays=(
        "poniedziałek poniedziałku poniedziałkowy",
        "wtorek wtorku wtorkowy",
        "środę środa środy",
        "czwartek czwartku czwartkowy",
        "piątek piątku piątkowy",
        "sobotę sobota soboty",
        "niedzielę niedziela niedzieli",
    ),
    numbers={
        2: "dwa dwie dwóch dwoje dwaj dwom",
        3: "trzy trzech troje trzej trzem",
        4: "cztery czterech czworo czterej",
        5: "pięć pięciu pięcioro",
        6: "sześć sześciu sześcioro",
        7: "siedem siedmiu siedmioro",
        8: "osiem ośmiu ośmioro",
        9: "dziewięć dziewięciu",
        10: "dziesięć dziesięciu",
        11: "jedenaście jedenastu",
        12: "dwanaście dwunastu",
        13: "trzynaście trzynastu",
        14: "czternaście czternastu",
        15: "piętnaście piętnastu",
        16: "szesnaście szesnastu",
        17: "siedemnaście siedemnastu",
        18: "osiemnaście osiemnastu",
        19: "dziewiętnaście dziewiętnastu",
        20: "dwadzieścia dwudziestu",
        30: "trzydzieści trzydziestu",
        40: "czterdzieści czterdziestu",
        50: "pięćdziesiąt pięćdziesięciu",
        60: "sześćdziesiąt",
        70: "siedemdziesiąt",
        80: "osiemdziesiąt",
        90: "dziewięćdziesiąt",
        100: "sto stu",
    },
    units=(
        "tysięcy tys tysiąc tysiące",
        "milionów mln milion miliona miliony",
        "miliardów mld miliard miliarda miliardy",
        "złotych zł złoty złote",
        "€ euro",
        "$ dolarów dolar dolara dolary",
        "% procent proc procenta",
        "kilometrów km kilometr kilometra",
        "metrów metr metra metry",
        "ton tona tony",
        "minut min minuta minuty",
        "godzin godz godzina godziny",
        "roku r rok lat lata",
    ),
    synonyms=(
        "koronawirus koronawirusa koronawirusowi koronawirusem koronawirusie covid-19 covid",
    ),
    negations="nie bez ani nikt nic nigdy brak",
    only="tylko jedynie wyłącznie jedyny jedyna",
    until="dopóki póki",
    outcomes=(
        Outcome(
            "szuka szukają poszukuje poszukują poszukiwany",
            "zatrzymał zatrzymała zatrzymali zatrzymano zatrzymany",
        ),
        Outcome(
            "zaproponował zaproponowała zaproponowali proponuje proponują",
            "podpisał podpisała podpisali podpisano",
        ),
        Outcome(
            "zaginął zaginęła zaginiony zaginiona poszukiwany",
            "odnaleziono odnaleziony odnalazł odnaleziona",
        ),
        Outcome(
            "winny winna winnym skazany skazana skazał",
            "niewinny niewinna uniewinniony uniewinnił uniewinniona",
        ),
        Outcome(
            "potwierdził potwierdziła potwierdza potwierdzono",
            "zaprzeczył zaprzeczyła zaprzecza dementuje zdementował",
        ),
        Outcome("zatrzymany zatrzymano aresztowany aresztowano", "zwolniony zwolniono wypuszczony"),
        Outcome("otwarto otwarty otwarta", "zamknięto zamknięty zamknięta"),
        Outcome(
            "rozpoczęli rozpoczął rozpoczęła rozpoczęto rozpoczęło zaczęli zaczął zaczęła",
            "zakończyli zakończył zakończyła zakończono zakończyło skończyli skończył skończyła",
        ),
        Outcome("wygrał wygrała wygrali", "przegrał przegrała przegrali"),
        Outcome(
            "przyjął przyjęła przyjęli przyjęto zatwierdził zatwierdziła zatwierdzili uchwalił "
            "uchwaliła uchwalili",
            "odrzucił odrzuciła odrzucili odrzucono uchylił uchyliła",
        ),
        Outcome(
            "wzrósł wzrosła wzrosły wzrosło wzrośnie wzrosną", "spadł spadła spadły spadło spadnie"
        ),
        Outcome("zginął zginęła zginęli zmarł zmarła", "przeżył przeżyła uratowano uratowany"),
        Outcome("płonie płoną gaszą", "ugaszono ugaszony ugaszona opanowano opanowany opanowali"),
        Outcome("utrzymał utrzymała utrzymali utrzymano", "uchylił uchyliła uchylili uchylono"),
        Outcome("zysk zysku zyski zyskiem", "strata stratę straty stratą"),
        Outcome(
            "pozwolił pozwoliła zezwolił zezwoliła dozwolony",
            "zakazał zakazała zabronił zabroniła zakazany",
        ),
        Outcome(
            "wznowił wznowiła wznowiono wznowili",
            "zawiesił zawiesiła zawieszono wstrzymano wstrzymał",
        ),
        Outcome("zgodził zgodziła zgodzili", "odmówił odmówiła odmówili"),
        Outcome(
            "podrożał podrożała podrożały podrożało zdrożał zdrożała zdrożały",
            "potaniał potaniała potaniały potaniało staniał staniała staniały",
        ),
        Outcome(
            "trwa trwają kontynuuje kontynuują",
            "przerwano przerwali przerwane zakończono zakończyła zakończył zakończyło "
            "zakończyły zakończone ugaszono",
        ),
        Outcome(
            "spodziewane spodziewany spodziewana prognozowane prognozuje prognozują",
            "wystąpiły wystąpił wystąpiła spadł spadło nawiedził nawiedziła nawiedziły przeszła "
            "przeszedł przeszły",
        ),
        Outcome(
            "odbędzie odbędą",
            "przełożono przełożony przełożona przełożone odwołano odwołany odwołana odwołane "
            "odroczono",
        ),
        Outcome(
            "utrzymał utrzymała utrzymali",
            "obniżył obniżyła obniżyli podniósł podniosła podnieśli",
        ),
        Outcome(
            "przyjął przyjęła przyjęli przyjęto uchwalił uchwaliła uchwalili poparł poparła "
            "poparli",
            "podpisał podpisała podpisali podpisano",
        ),
        *plans(
            "zagłosuje zagłosują | zagłosował zagłosowała zagłosowało zagłosowali zagłosowały",
            "rozpatrzy rozpatrzą | rozpatrzył rozpatrzyła rozpatrzyli",
            "omówi omówią | omówił omówiła omówili",
            "zatwierdzi zatwierdzą | zatwierdził zatwierdziła zatwierdzili",
            "podpisze podpiszą | podpisał podpisała podpisali",
            "przyjmie przyjmą | przyjął przyjęła przyjęło przyjęli",
            "wprowadzi wprowadzą | wprowadził wprowadziła wprowadzili wprowadzono",
            "odwoła odwołają | odwołał odwołała odwołali odwołano",
            "przedłuży przedłużą | przedłużył przedłużyła przedłużyli przedłużono",
            "zakaże zakażą | zakazał zakazała zakazali zakazano",
            "powoła powołają | powołał powołała powołali powołano",
            "wybierze wybiorą | wybrał wybrała wybrali wybrano",
            "otworzy otworzą | otworzył otworzyła otworzyli otworzyły otwarto",
            "zamknie zamkną | zamknął zamknęła zamknęli zamknęły zamknięto",
            "rozpocznie rozpoczną zacznie zaczną | rozpoczął rozpoczęła rozpoczęło "
            "rozpoczęli rozpoczęły rozpoczęto zaczął zaczęła zaczęło zaczęli zaczęły",
            "zakończy zakończą | zakończył zakończyła zakończyło zakończyli zakończyły zakończono",
            "odbędzie odbędą | odbył odbyła odbyło odbyli odbyły",
            "przeprowadzi przeprowadzą | przeprowadził przeprowadziła przeprowadzili "
            "przeprowadzono",
            "uruchomi uruchomią | uruchomił uruchomiła uruchomili uruchomiono",
            "zbuduje zbudują wybuduje wybudują | zbudował zbudowała zbudowali zbudowano "
            "wybudował wybudowała wybudowali wybudowano",
            "wyremontuje wyremontują | wyremontował wyremontowała wyremontowali wyremontowano",
            "przeznaczy przeznaczą | przeznaczył przeznaczyła przeznaczyli przeznaczono",
            "wypłaci wypłacą | wypłacił wypłaciła wypłacili wypłacono",
            "otrzyma otrzymają | otrzymał otrzymała otrzymało otrzymali otrzymały",
            "wzrośnie wzrosną | wzrósł wzrosła wzrosło wzrosły",
            "podrożeje podrożeją | podrożał podrożała podrożało podrożały",
            "obniży obniżą | obniżył obniżyła obniżyli obniżono",
            "podniesie podniosą | podniósł podniosła podnieśli podniesiono",
            "przyjedzie przyjadą przybędzie przybędą | przyjechał przyjechała przyjechali "
            "przybył przybyła przybyli",
            "odwiedzi odwiedzą | odwiedził odwiedziła odwiedzili",
            "spotka spotkają | spotkał spotkała spotkali spotkały",
            "wystąpi wystąpią | wystąpił wystąpiła wystąpili",
            "zagra zagrają | zagrał zagrała zagrali",
            "wróci wrócą | wrócił wróciła wróciło wrócili wróciły",
        ),
    ),
    denials=(
        "zdementował zdementowała zdementowało zdementowali dementuje dementują dementi "
        "zaprzeczył zaprzeczyła zaprzeczyło zaprzeczyli zaprzecza zaprzeczają nieprawdziwe "
        "nieprawdziwa nieprawdą"
    ),
    agencies="pap iar polsat tvn tvp onet interia rmf reuters afp polska polski msz mswia",
    service=(
        "poinformował poinformowała poinformowali poinformowano informuje informują podał "
        "podała podali podaje podają przekazał przekazała przekazali powiedział powiedziała "
        "powiedzieli mówił mówiła dodał dodała dodali zaznaczył zaznaczyła podkreślił "
        "podkreśliła oświadczył oświadczyła napisał napisała napisali pisze czytamy komunikacie "
        "opublikował opublikowała opublikowano opublikowany strona stronie strony serwis "
        "serwisie portal portalu gazeta gazecie gazety agencja agencji redakcja redakcji "
        "dziennik dziennika artykuł artykule artykułu wiadomość wiadomości czytaj przeczytaj "
        "zobacz obejrzyj więcej udostępnij udostępnień skomentuj komentarz komentarze "
        "komentarzy wyślij drukuj wydrukuj e-mail e-mailem subskrybuj newsletter zapisz zaloguj "
        "zarejestruj hasło twoje imię kliknij tutaj także również zdjęcie zdjęcia zdjęć foto "
        "wideo film galeria źródło autor reklama zastrzeżone kopiowanie"
    ),
    stock=(
        "tego temu tych tymi także również kiedy będzie będą było była były być jeśli przed "
        "przez żeby który która które których swoim swojej swoich nasz nasza nasze naszych "
        "wszystkich może mogą można tylko około bardziej między oraz okoliczności szczegóły "
        "szczegółów wyjaśnia wyjaśniają wkrótce bieżąco"
    ),
    phrases=Phrases(
        subscribe=("subskrybuj", "zapisz się", "obserwuj nas", "dołącz do nas", "śledź nas"),
        channels=("nasz", "nas", "newsletter", "kanał", "facebook", "telegram", "youtube"),
        more=(
            "czytaj także",
            "czytaj też",
            "czytaj więcej",
            "zobacz także",
            "zobacz też",
            "czytaj dalej",
        ),
        credit=("autor", "autorzy", "fot", "foto", "zdjęcie", "zdjęcia", "źródło", "wideo", "tagi"),
        earlier=("przypomnijmy", "wcześniej", "jak informowaliśmy", "jak pisaliśmy"),
        cookies=("cookie", "ciasteczka", "plików cookies", "danych osobowych"),
        cookie_use=(
            "strona",
            "stronie",
            "serwis",
            "wykorzyst",
            "zgod",
            "polity",
            "przegląd",
            "używa",
        ),
        correction=("sprostowanie", "korekta", "poprawka", "we wcześniejszej wersji"),
    ),
    misleading="ten",
)
