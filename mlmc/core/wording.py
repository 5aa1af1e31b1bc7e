"""Words that put the blame on a young person, why they do, and what could stand instead.

A draft until the survivor council has approved it. It suggests, it never blocks, scores or rewrites.
"""

SUGGESTIONS = [
    {
        "words": ["manipulative", "manipulating"],
        "why": "It names a motive we cannot see. What we can see is a survival skill that was learned.",
        "say": "is finding ways to get needs met that worked before",
    },
    {
        "words": ["promiscuous", "sexually active with older men"],
        "why": "It places what adults did onto the youth.",
        "say": "was exploited by adults",
    },
    {
        "words": ["attention-seeking", "attention seeking", "looking for attention"],
        "why": "Wanting connection is human.",
        "say": "looking for connection",
    },
    {
        "words": ["prostitute", "prostitution"],
        "why": "A young person cannot consent to exploitation.",
        "say": "survivor of commercial sexual exploitation",
    },
    {
        "words": ["runaway", "ran away", "awol"],
        "why": "It leaves out what the youth was leaving, or looking for.",
        "say": "was away from placement",
    },
    {
        "words": ["noncompliant", "non-compliant", "refused services"],
        "why": "Saying no can be self-protection.",
        "say": "chose not to take part that day",
    },
]
