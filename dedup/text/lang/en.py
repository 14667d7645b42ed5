"""English."""

from dedup.text.lang.language import Language, Outcome, Phrases

ENGLISH = Language(
    code="en",
    name="English",
    months=(
        "january jan",
        "february feb",
        "march mar",
        "april apr",
        "may",
        "june jun",
        "july jul",
        "august aug",
        "september sep sept",
        "october oct",
        "november nov",
        "december dec",
    ),
    weekdays=(
        "monday mondays mon",
        "tuesday tuesdays tue tues",
        "wednesday wednesdays wed",
        "thursday thursdays thu thur thurs",
        "friday fridays fri",
        "saturday saturdays",
        "sunday sundays",
    ),
    numbers={
        2: "two twice",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
        10: "ten",
        11: "eleven",
        12: "twelve",
        13: "thirteen",
        14: "fourteen",
        15: "fifteen",
        16: "sixteen",
        17: "seventeen",
        18: "eighteen",
        19: "nineteen",
        20: "twenty",
        30: "thirty",
        40: "forty",
        50: "fifty",
        60: "sixty",
        70: "seventy",
        80: "eighty",
        90: "ninety",
        100: "hundred",
    },
    units=(
        "thousand thousands",
        "million millions mln mn",
        "billion billions bln bn",
        "trillion trillions trn",
        "$ dollars dollar dlrs dlr usd",
        "£ pounds pound gbp",
        "€ euros euro eur",
        "% percent pct percents",
        "kilometers km kilometer kilometre kilometres kms",
        "miles mile",
        "meters meter metre metres",
        "kilograms kg kilogram kilo kilos",
        "tons ton tonnes tonne",
        "minutes minute min mins",
        "hours hour hrs",
        "years year yrs",
    ),
    synonyms=("coronavirus covid-19 covid",),
    negations="not no never none nobody nothing without neither nor cannot n't won't didn't isn't",
    only="only just merely solely",
    outcomes=(
        Outcome(
            "sought wanted hunting hunt",
            "arrested detained caught captured",
        ),
        Outcome(
            "proposed proposes propose proposing",
            "signed signs enacted",
        ),
        Outcome("missing disappeared vanished searching", "found located recovered reunited"),
        Outcome("guilty convicted jailed sentenced", "acquitted cleared exonerated innocent"),
        Outcome(
            "confirmed confirms confirm confirming", "denied denies deny denying refuted refutes"
        ),
        Outcome("arrested detained charged", "released freed bailed"),
        Outcome(
            "opened opens reopened reopens", "closed closes shut shuts evacuated sealed blocked"
        ),
        Outcome("began begins started starts", "ended ends finished finishes"),
        Outcome("issued imposed declared", "lifted cancelled canceled withdrawn revoked"),
        Outcome("won wins beat beats", "lost loses"),
        Outcome(
            "approved approves passed passes upheld",
            "rejected rejects rejecting overturned quashed",
        ),
        Outcome(
            "rose rises gained climbed jumped increased", "fell falls dropped slid sank decreased"
        ),
        Outcome("died dies killed dead", "survived survives rescued alive"),
        Outcome("burning blazing raging battling", "extinguished contained doused"),
        Outcome("profit profits earned earns", "loss losses lost deficit"),
        Outcome("allowed allows permitted legalised legalized", "banned bans prohibited outlawed"),
        Outcome("resumed resumes", "suspended suspends halted"),
        Outcome("agreed agrees accepted accepts", "refused refuses declined declines"),
        Outcome(
            "continues continue continuing ongoing",
            "ended ends finished called-off abandoned extinguished concluded",
        ),
        Outcome(
            "expected forecast forecasts predicted",
            "fell hit struck battered swept lashed pounded",
        ),
        Outcome(
            "scheduled slated",
            "postponed cancelled canceled shelved rescheduled",
        ),
        Outcome(
            "kept keeps held holds maintained",
            "cut cuts lowered lowers raised raises hiked hikes",
        ),
        Outcome(
            "approved approves passed passes backed backs",
            "signed signs enacted",
        ),
    ),
    denials=(
        "denied denies deny denying denial denials refuted refutes refute refuting debunked "
        "debunks untrue unfounded hoax"
    ),
    agencies=(
        "reuters bloomberg ap afp upi bbc cnn nbc abc cbs xinhua associated press agence "
        "france-presse press-association telegram"
    ),
    service=(
        "said says told reported reports reporting reportedly according published publishes "
        "publish originally story stories article website site agency newspaper magazine news "
        "newsroom feed content updates read reads follow follows share tweet click here "
        "subscribe subscribed subscription sign newsletter comment comments reply email e-mail "
        "address password username login logged register submit required fields marked print "
        "copy link links facebook twitter instagram whatsapp telegram linkedin pinterest reddit "
        "youtube photo photos video videos gallery headline edited editing editor copyright "
        "rights reserved sponsored advertisement advertising cookies privacy policy browser "
        "device available also added noted your"
    ),
    stock=(
        "this that these those with from into over under about after before between through "
        "during against until since because while where when which what whose whom there their "
        "them they your ours have been were will would could should must being does very just "
        "only some such other more most than then also each both still yet once here details "
        "circumstances developing established ascertained further updated"
    ),
    phrases=Phrases(
        subscribe=(
            *("subscribe", "sign up", "follow us", "join us", "join our", "like us on"),
            *("download our app", "get our newsletter", "support our journalism"),
        ),
        channels=(
            *("our", "newsletter", "channel", "updates", "telegram", "youtube", "inbox"),
            *("podcast", "alerts", "facebook", "twitter", "instagram", "whatsapp"),
        ),
        more=(
            *("read more", "read also", "read next", "related:", "see also", "also read"),
            *(
                "related articles",
                "related stories",
                "click here",
                "more on this story",
                "continue reading",
            ),
        ),
        credit=(
            *("photo", "photos", "photograph", "source", "author", "credit", "image", "images"),
            *("tags", "by", "video", "picture", "reporting", "editing", "newsroom"),
        ),
        earlier=("earlier", "previously", "as reported earlier", "as previously reported"),
        cookies=("cookie",),
        cookie_use=(
            *("website", "site uses", "use of", "uses", "use", "using", "consent", "accept"),
            *("policy", "browser", "privacy", "settings", "your device"),
        ),
        correction=(
            *("correction", "corrected", "corrects", "clarification", "an earlier version"),
            *("a previous version", "this story has been updated", "we apologise", "we apologize"),
        ),
    ),
    capitals="Titles capitalise most words; weekdays and months have capitals too.",
)
