"""What made-up people are called, where they live and what they like. Nobody here exists."""

MENTORS = [
    {
        "key": "carmen",
        "name": "Carmen Ortega",
        "gender": "woman",
        "texts": True,
        "languages": ["es", "en"],
        "areas": ["lynn", "salem"],
        "backgrounds": ["latina"],
        "experiences": ["group_care", "kin"],
        "interests": ["music", "cooking"],
    },
    {
        "key": "marcus",
        "name": "Marcus Ellery",
        "gender": "man",
        "texts": True,
        "languages": ["en"],
        "areas": ["dorchester"],
        "backgrounds": ["black"],
        "experiences": ["group_care", "court"],
        "interests": ["music", "sport"],
    },
    {
        "key": "lupe",
        "name": "Lupe Garrido",
        "gender": "woman",
        "texts": True,
        "languages": ["es", "en"],
        "areas": ["chelsea", "lynn"],
        "backgrounds": ["latina"],
        "experiences": ["several_homes", "parenting"],
        "interests": ["art", "hair"],
    },
    {
        "key": "denise",
        "name": "Denise Albright",
        "gender": "woman",
        "texts": True,
        "languages": ["en"],
        "areas": ["roxbury", "mattapan"],
        "backgrounds": ["black"],
        "experiences": ["foster_care", "recovery"],
        "interests": ["faith", "cooking"],
    },
    {
        "key": "tasha",
        "name": "Tasha Monroe",
        "gender": "woman",
        "texts": True,
        "languages": ["en", "ht"],
        "areas": ["mattapan", "dorchester"],
        "backgrounds": ["black", "haitian"],
        "experiences": ["moved_countries", "court"],
        "interests": ["dance", "hair"],
    },
    {
        "key": "yvette",
        "name": "Yvette Lacroix",
        "gender": "woman",
        "texts": False,
        "languages": ["en", "ht"],
        "areas": ["brockton", "quincy"],
        "backgrounds": ["haitian"],
        "experiences": ["moved_countries", "parenting"],
        "interests": ["cooking", "reading"],
    },
    {
        "key": "noor",
        "name": "Noor Haddad",
        "gender": "woman",
        "texts": True,
        "languages": ["en", "ar"],
        "areas": ["quincy", "boston"],
        "backgrounds": ["mena"],
        "experiences": ["school_again"],
        "interests": ["reading", "animals"],
    },
    {
        "key": "kim",
        "name": "Kim Tran",
        "gender": "woman",
        "texts": True,
        "languages": ["en", "vi"],
        "areas": ["quincy", "dorchester"],
        "backgrounds": ["asian"],
        "experiences": ["kin", "school_again"],
        "interests": ["gaming", "art"],
    },
    {
        "key": "shauna",
        "name": "Shauna Pike",
        "gender": "nonbinary",
        "texts": True,
        "languages": ["en"],
        "areas": ["lawrence", "lowell"],
        "backgrounds": ["white"],
        "experiences": ["lgbtq", "recovery"],
        "interests": ["outdoors", "animals"],
    },
]

# Who signs in to the demo as each role; see mlmc/demo.py
SIGN_INS = {
    "patricia": "Patricia Okafor",
    "priya": "Priya Natarajan",
    "ana": "Ana Castellanos",
    "carmen": "Carmen Ortega",
    "dana": "Dana Whitfield",
    "gwen": "Gwen Hollis",
    "simone": "Simone Laurent",
    "eli": "Eli Brandt",
    "robin": "Robin Sato",
}

OTHER_STAFF = [
    # name, e-mail, roles, team
    ("Renee Abbott", "renee", ["supervisor"], "South"),
    ("Tomas Reyes", "tomas", ["support"], "South"),
    ("Janelle Price", "janelle", ["case_manager"], "South"),
    ("Miriam Stone", "miriam", ["director"], None),
    ("Alex Field", "alex", ["admin"], None),
]

FIRST_NAMES = """
Amaya Zee Brielle Nia Mateo Rosalie Kai Jules Camila Tam Sky Ori Sol Teo Lena Micah Ines Dani Rae Noa
Leila Marisol Ayo Esme Jada Kiara Lucia Mina Nadia Opal Priya Quinn Ruth Sanaa Talia Uma Vera Wren Ximena Yara Zora
Ada Anouk Carys Delia Ezra Flora Gwyn Halle Ivy June Lior Marlo Nell Orla Remy Suki Tova Una
Alma Bea Cleo Dara Elena Faye Gia Hana Iris Joss Kaya Luz Maya Nora Odette Paz Rio Salma Tess Asha Bryn
"""

LAST_NAMES = """
Rivera Whitman Hale Baptiste Serrano Cole Lam Porter Vega Nguyen Tate Diaz Arroyo Mendes Keo Jardine
Costa Silva Barros Pierre Joseph Alvarez Bright Carver Dunbar Eastman Fonseca Greer Holloway Ibarra
"""

AGENCIES = [
    "DCF Lynn",
    "DCF Dimock Street",
    "DCF Park Street",
    "DCF Lawrence",
    "DYS Metro",
    "Juvenile Court, Salem",
    "Harbor Children's Hospital",
    "Lynn Classical High School",
]
WORKERS = ["D. Ferro", "T. Marsh", "B. Quill", "M. Adair", "P. Dunmore", "G. Sandoval", "L. Pell"]

AREAS = ["lynn", "dorchester", "roxbury", "mattapan", "chelsea", "quincy", "brockton", "lawrence", "salem", "boston"]

WHY = [
    "She has moved twice this year and keeps close to her grandmother. Staff worry about adults who message her.",
    "A friend's older friend has been buying gifts. The school nurse asked us to call. Good at drawing.",
    "They told a counselor about a hotel stay an adult arranged. They want to talk to someone who gets it.",
    "Back with an aunt since last month. Sleeps badly, sings in a choir, has not missed a practice.",
    "The court asked for somebody who can be there before and after hearings. She likes basketball.",
    "New in the area and without people yet. A nurse heard enough to worry. Wants to finish tenth grade.",
]

SAFETY = [
    ("contact", "Please do not call the house line. A text after 3:30 is fine."),
    ("closed_room", "No male provider alone with her in a closed room or car."),
    ("person", "An older friend still waits near the school. Please meet elsewhere."),
    ("other", "Does not like being asked questions by several people at once."),
]

PLANS = [
    {"kind": kind, "place_kind": place_kind, "place": place, "provider": provider, "minutes": minutes}
    for kind, place_kind, place, provider, minutes in (
        ("court", "open", "the courthouse, second floor", "nobody", 120),
        ("doctor", "closed_room", "the clinic on Union Street", "woman", 45),
        ("meal", "open", "the diner at the corner", "nobody", 60),
        ("school", "open_room", "the guidance office", "woman", 30),
    )
]

CHECK_INS = [
    "Tacos and a long walk. She chose the film.",
    "Quiet today. We sat in the car and listened to music, that was enough.",
    "Talked about school. She wants to see the guidance office with me.",
    "Practiced what to say at the hearing. She said it better than any of us.",
    "Phone was off most of the week. Left a voice note so she knows I am here.",
    "She cooked for her aunt and sent me the picture.",
    "Helped fill in the form for the salon course.",
    "Laughed a lot. First time in weeks.",
]
