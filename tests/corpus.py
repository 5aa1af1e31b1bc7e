"""The hundred bad inputs: what people, spreadsheets and attackers hand in. Data only; the tests say what must be."""

UNICODE = {
    "combining": "e\u0301o\u0308n\u0303",
    "family of joined emoji": "👨‍👩‍👧‍👦",
    "flags": "🇺🇸🇲🇽🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "zalgo": "Z" + "\u0353\u0312\u0346\u0301" * 40 + "a",
    "composed": "Zo\u00eb Bj\u00f6rk",  # its twin below looks the same, and is not
    "decomposed": "Zoe\u0308 Bjo\u0308rk",
    "look-alikes": "Аnnа Mаriа",  # the vowels are Cyrillic
    "case folds": "İstanbul ıLIĻ straße ẞ",
    "byte order mark": "\ufeffRobin",
    "replacement": "Rob\ufffdn",
    "noncharacter": "Rob\ufffein",
    "half a character": "Rob\ud800in",
}
ASTRAL = {"four bytes": "𝕽𝖔𝖇𝖎𝖓 𓀀 😀"}
DIRECTION = {
    "override": "exe\u202egnp.txt",
    "isolates": "\u2066a\u2067b\u2069\u2069",
    "unclosed isolate": "\u2067Robin",
    "arabic": "مرحبا، اسمي ليلى",
    "hebrew with marks": "\u200fשָׁלוֹם\u200e 12",
    "embedding": "\u202aRobin\u202c",
}
CONTROL = {
    "nul": "Ro\x00bin",
    "escape": "\x1b[31mRobin\x1b[0m",
    "header": "Robin\r\nBcc: all@example.org",
    "vertical tab": "Robin\x0bSky",
    "line separator": "Robin\u2028Sky\u2029",
}
SIZE = {
    "empty": "",
    "one": "R",
    "two hundred": "R" * 200,
    "two hundred and one": "R" * 201,
    "a megabyte": "R" * 1_000_000,
    "ten megabytes": "R" * 10_000_000,
    "ten thousand lines": "R\n" * 10_000,
    "five thousand deep": "[" * 5000 + "]" * 5000,
}
SQL = {
    "quote": "'",
    "double quote": '"',
    "always true": "' OR '1'='1",
    "comment": "Robin'--",
    "stacked": "x'; DROP TABLE core_user; --",
    "union": "' UNION SELECT email, password FROM core_user --",
    "sleep": "'||pg_sleep(5)||'",
    "dollar": "$$; select 1; $$",
    "backslash": "\\'; select 1; --",
    "actor": "'; select set_config('app.actor', '', true); --",
    "percent": "%s %(name)s %%",
    "wildcards": "%_[a-z]*?",
}
XSS = {
    "script": "<script>window.hit=1</script>",
    "image": "<img src=x onerror=window.hit=1>",
    "svg": "<svg onload=window.hit=1>",
    "svg animate": "<svg><animate onbegin=window.hit=1 attributeName=x dur=1s>",
    "attribute": '" autofocus onfocus=window.hit=1 x="',
    "single quoted attribute": "' onmouseover=window.hit=1 x='",
    "unquoted attribute": "x onfocus=window.hit=1 autofocus",
    "address": "javascript:window.hit=1",
    "data address": "data:text/html,<script>parent.hit=1</script>",
    "source set": '<img srcset="x 1x" onerror=window.hit=1>',
    "frame": "<iframe srcdoc='<script>parent.hit=1</script>'>",
    "end of text": "</textarea><script>window.hit=1</script>",
    "end of title": "</title><script>window.hit=1</script>",
    "mutation": '<noscript><p title="</noscript><img src=x onerror=window.hit=1>">',
    "template tag": "<template><script>window.hit=1</script></template>",
    "details": "<details open ontoggle=window.hit=1>",
}
TEMPLATE = {
    "double braces": "{{7*7}}",
    "debug": "{% debug %}",
    "settings": "{{ settings.SECRET_KEY }}",
    "dollar": "${7*7}",
    "percent": "<%= 7*7 %>",
    "load": "{% load i18n %}{% include 'base.html' %}",
}
FORMULA = {
    "equals": "=1+1",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(A1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "full width": "＝1+1",
    "command": "=cmd|' /C calc'!A0",
}
PATHS = {
    "up": "../../etc/passwd",
    "coded": "..%2f..%2fetc%2fpasswd",
    "drive": "C:\\Windows\\win.ini",
    "device": "/dev/null",
    "long": "a" * 300,
    "trailing dot": "robin.txt.",
    "nul": "robin.txt\x00.png",
}
NUMBERS = {
    "not a number": "NaN",
    "beyond": "1e309",
    "minus nothing": "-0",
    "year nought": "0000-01-01",
    "no such day": "2026-02-30",
    "no such hour": "2026-03-08T02:30",
}
# Beyond the letter of the list: the same places from the other side.
MORE_NUMBERS = {
    "year ten thousand": "10000-01-01",
    "infinity": "-Infinity",
    "digits of others": "٣٤",
    "huge": "9" * 400,
}

GROUPS = {
    "unicode": UNICODE | ASTRAL,
    "direction": DIRECTION,
    "control": CONTROL,
    "size": SIZE,
    "sql": SQL,
    "xss": XSS,
    "template": TEMPLATE,
    "formula": FORMULA,
    "paths": PATHS,
    "numbers": NUMBERS,
}
TEXTS = {f"{group}: {name}": text for group, texts in GROUPS.items() for name, text in texts.items()}
FORMULAS = list(FORMULA.values())
FIVE = ["unicode: half a character", "control: nul", "size: ten thousand lines", "sql: quote", "numbers: year nought"]

# What no upload takes yet, and a file of referrals must survive: name -> (file name, bytes).
PNG = b"\x89PNG\r\n\x1a\n"
FILES = {
    "zip bomb": ("bomb.csv", b"PK\x03\x04" + b"\x00" * 2_000_000),
    "nested": ("nested.csv", b"PK\x03\x04" + b"PK\x03\x04" * 1000),
    "polyglot": ("polyglot.csv", b"GIF89a=1;\nalert(1)//,x\n"),
    "svg script": ("mark.csv", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    "xxe": ("doc.csv", b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"),
    "pixel flood": ("flood.csv", PNG + b"\x00\x00\x00\rIHDR" + b"\x00\x00\xc3\x50" * 2 + b"\x08\x06\x00\x00\x00"),
    "pdf": ("letter.csv", b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"),
    "photo": ("photo.csv", b"\xff\xd8\xff\xe1\x00\x18Exif\x00\x00GPS 11.1111" + b"\x00" * 50),
    "wrong magic": ("wrong.csv", b"received,first\n" + PNG + b",x\n"),
    "symlink": ("link.csv", None),  # made by the test: it points at what nobody may read
}
# A request as no browser writes it: name -> what goes down the wire before the blank line, and after it.
PROTOCOL = {
    "duplicate parameters": (
        "POST /sign-in/ HTTP/1.1",
        {"Content-Type": "application/x-www-form-urlencoded"},
        b"email=a&email=b&password=c",
    ),
    "wrong content type": ("POST /sign-in/ HTTP/1.1", {"Content-Type": "application/xml; charset=utf-99"}, b"<x/>"),
    "chunked and length": (
        "POST /sign-in/ HTTP/1.1",
        {"Transfer-Encoding": "chunked", "Content-Length": "5"},
        b"0\r\n\r\n",
    ),
    "huge header": ("GET /sign-in/ HTTP/1.1", {"X-Huge": "x" * 100_000}, b""),
}
COUNT = len(TEXTS) + len(FILES) + len(PROTOCOL)
