"""The words matching can compare: short lists a youth or a mentor chooses from. Nobody has to choose."""

LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "ht": "Haitian Creole",
    "pt": "Portuguese",
    "cv": "Cape Verdean Creole",
    "vi": "Vietnamese",
    "km": "Khmer",
    "zh": "Chinese",
    "ar": "Arabic",
    "so": "Somali",
    "ase": "American Sign Language",
}

AREAS = {
    "dorchester": "Dorchester",
    "roxbury": "Roxbury",
    "mattapan": "Mattapan",
    "boston": "Boston, elsewhere",
    "lynn": "Lynn",
    "chelsea": "Chelsea",
    "quincy": "Quincy",
    "brockton": "Brockton",
    "lawrence": "Lawrence",
    "lowell": "Lowell",
    "worcester": "Worcester",
    "salem": "Salem",
    "framingham": "Framingham",
}

# Which areas are a short ride apart. Said once; it holds both ways.
NEAR = [
    {"dorchester", "roxbury", "mattapan", "boston"},
    {"dorchester", "mattapan", "quincy"},
    {"chelsea", "boston"},
    {"lynn", "chelsea"},
    {"lynn", "salem"},
    {"quincy", "brockton"},
    {"lawrence", "lowell"},
    {"worcester", "framingham"},
]

INTERESTS = {
    "art": "art and drawing",
    "music": "music",
    "dance": "dance",
    "sport": "sport",
    "cooking": "cooking",
    "hair": "hair and beauty",
    "reading": "reading and writing",
    "gaming": "gaming",
    "animals": "animals",
    "outdoors": "being outdoors",
    "faith": "faith",
    "work": "work and money",
}

BACKGROUNDS = {
    "native": "American Indian or Alaska Native",
    "asian": "Asian",
    "black": "Black or African American",
    "cape_verdean": "Cape Verdean",
    "haitian": "Haitian",
    "latina": "Hispanic or Latina/o/e",
    "mena": "Middle Eastern or North African",
    "pacific": "Native Hawaiian or Pacific Islander",
    "white": "White",
}

EXPERIENCES = {
    "group_care": "group care",
    "foster_care": "foster care",
    "kin": "raised by kin",
    "several_homes": "several homes",
    "parenting": "being a young parent",
    "school_again": "going back to school",
    "court": "going through court",
    "recovery": "recovery",
    "moved_countries": "moved between countries",
    "lgbtq": "LGBTQ+",
}

WISHES = {
    "same_background": "someone of the same background",
    "same_language": "someone who speaks my language",
    "near": "someone close by",
    "shared_experience": "someone who has been through something like it",
    "shared_interests": "someone who likes what I like",
    "texts": "someone who texts",
}

GENDERS = {"woman": "woman", "man": "man", "nonbinary": "non-binary"}

# What a youth may rule out. It comes before every fit.
HARD_NOS = {"no_men": "no men", "no_women": "no women"}


def words(codes, vocabulary):
    """The words of some codes, in the order of the list they come from."""
    return [word for code, word in vocabulary.items() if code in codes]


def near(one, other):
    """Whether two areas are a short ride apart; an area is near itself."""
    return one == other or any({one, other} <= ring for ring in NEAR)
