"""Requests as no browser writes them, down a real socket to the real web server (G51)."""

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.corpus import PROTOCOL

pytestmark = pytest.mark.browser
MORE = {
    "two lengths": ("POST /sign-in/ HTTP/1.1", {"Content-Length": "5\r\nContent-Length: 6"}, b"email=a"),
    "length of letters": ("POST /sign-in/ HTTP/1.1", {"Content-Length": "many"}, b""),
    "length below nothing": ("POST /sign-in/ HTTP/1.1", {"Content-Length": "-1"}, b""),
    "ten gigabytes announced": ("POST /sign-in/ HTTP/1.1", {"Content-Length": "10000000000"}, b"x"),
    "no host": ("GET /sign-in/ HTTP/1.1", {"Host": None}, b""),
    "another host": ("GET /sign-in/ HTTP/1.1", {"Host": "evil.example"}, b""),
    "a thousand headers": ("GET /sign-in/ HTTP/1.1", {f"X-{n}": "1" for n in range(1000)}, b""),
    "a long line": (f"GET /{'a' * 20_000} HTTP/1.1", {}, b""),
    "another protocol": ("GET / HTTP/9.9", {}, b""),
    "no protocol": ("hello", {}, b""),
    "a method of its own": ("ROBIN /sign-in/ HTTP/1.1", {}, b""),
    "a path that is none": ("GET ../../etc/passwd HTTP/1.1", {}, b""),
    "half coded": ("GET /%zz%00%ff/ HTTP/1.1", {}, b""),
    "a folded header": ("GET /sign-in/ HTTP/1.1", {"X-One": "1\r\n 2"}, b""),
    "a cookie of bytes": ("GET /sign-in/ HTTP/1.1", {"Cookie": "sessionid=\x00\xff; csrftoken=\u00fc"}, b""),
    "broken multipart": (
        "POST /sign-in/ HTTP/1.1",
        {"Content-Type": "multipart/form-data; boundary=x"},
        b"--y\r\n\r\n",
    ),
    "no boundary": ("POST /sign-in/ HTTP/1.1", {"Content-Type": "multipart/form-data"}, b"x"),
}


def ask(url, first, headers, body):
    host, port = urlsplit(url).hostname, urlsplit(url).port
    said = {"Host": f"{host}:{port}", "Connection": "close", "Content-Length": str(len(body))} | headers
    lines = [first, *(f"{name}: {value}" for name, value in said.items() if value is not None), "", ""]
    with socket.create_connection((host, port), timeout=10) as link:
        try:
            link.sendall("\r\n".join(lines).encode("latin-1") + body)
            answer = b""
            while part := link.recv(65_536):
                answer += part
        except (ConnectionResetError, BrokenPipeError):
            pass
        return answer


@pytest.mark.parametrize("name", [*PROTOCOL, *MORE])
def test_what_no_browser_sends_is_refused_or_taken_and_breaks_nothing(live_program, name):
    """G51. 4xx or an ordinary page, never 5xx, no stack and no version; the server goes on."""
    answer = ask(live_program.url, *(PROTOCOL | MORE)[name])

    status = int(answer.split(b" ")[1]) if answer else 400  # hung up on
    assert status < 500 or status == 505, answer[:300]  # "HTTP version not supported" is a true sentence
    for word in (b"Traceback", b"gunicorn", b"Django", b"root:", b".py"):
        assert word not in answer.split(b"\r\n\r\n", 1)[-1], answer[:300]
    assert b" 200 " in ask(live_program.url, "GET /alive/ HTTP/1.1", {}, b"")[:20]


def test_the_web_servers_log_is_ids_and_numbers_only(live_program):
    """G28. All of what was sent above, and this: no address, no header, no name of a field."""
    ask(live_program.url, "GET /Zyxwvut?Qanary=1 HTTP/1.1", {"X-Zyxwvut": "1", "Cookie": "a=Zyxwvut"}, b"")
    ask(live_program.url, "GET /Zyxwvut Qanary HTTP/1.1", {"Transfer-Encoding": "Zyxwvut"}, b"")

    said = next(Path(live_program.environment["MLMC_VAR"]).glob("gunicorn*.log")).read_text()
    for line in said.splitlines():
        assert "at" in json.loads(line)
    for word in ("Zyxwvut", "Qanary", "/sign-in/", "passwd", "evil.example"):
        assert word not in said


def test_two_of_a_name_are_the_last_one(live_program):
    """G51. A parameter sent twice is one, the same everywhere."""
    answer = ask(live_program.url, *PROTOCOL["duplicate parameters"])

    assert answer.split(b" ")[1] == b"403"  # without a token of ours nobody gets further
