"""wrk, and what it found: requests in a second, milliseconds at the quantiles, answers that were others."""

import json
import subprocess
import time
from dataclasses import dataclass

from bench.servers import HOME

# One request after another, each by the next of the people; an answer of another status than `expected` is bad, and a
# redirect to the sign-in is one, too. A thread of wrk has no way to hand a table to `done`, but numbers.
SCRIPT = """
local requests = %(requests)s
local expected = %(expected)d
local turn, made = 0, 0
bad = 0
math.randomseed(%(seed)d)
local function hex(count)
  local out = {}
  for n = 1, count do out[n] = string.format("%%x", math.random(0, 15)) end
  return table.concat(out)
end
local function uuid()
  return hex(8) .. "-" .. hex(4) .. "-4" .. hex(3) .. "-8" .. hex(3) .. "-" .. hex(12)
end
local threads = {}
function setup(thread) table.insert(threads, thread) end
function request()
  turn = turn %% #requests + 1
  local one = requests[turn]
  local body = one.body
  if body then body = body:gsub("UUID", uuid()) end
  return wrk.format(one.method, one.path, one.headers, body)
end
function response(status, headers, body)
  if status ~= expected or (headers["Location"] and headers["Location"]:find("sign")) then bad = bad + 1 end
end
function done(summary, latency, others)
  local wrong = 0
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("bad") end
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests": %%d, "seconds": %%f, "bad": %%d, "p50": %%f, "p95": %%f, "p99": %%f}',
    summary.requests, summary.duration / 1e6,
    wrong + errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
"""


@dataclass(frozen=True)
class Endpoint:
    """What is asked of which server. `requests` are dictionaries with method, path, headers, body."""

    name: str
    url: str
    requests: list
    expected: int = 200


@dataclass(frozen=True)
class Sample:
    per_second: float
    p50: float
    p95: float
    p99: float
    bad: int


def get(name, url, path, people=(None,)):
    """The same page, by one after another."""
    cookies = [{"Cookie": one["cookie"]} if one else {} for one in people]
    return Endpoint(name, url, [{"method": "GET", "path": path, "headers": headers} for headers in cookies])


def post(name, url, rows):
    """rows: (path, person, form words with UUID where each request wants one of its own)."""
    requests = [
        {
            "method": "POST",
            "path": path,
            "headers": {"Cookie": one["cookie"], "Content-Type": "application/x-www-form-urlencoded"},
            "body": f"csrfmiddlewaretoken={one['csrf']}&{words}",
        }
        for path, one, words in rows
    ]
    return Endpoint(name, url, requests, expected=302)


def run(endpoint, *, connections, seconds):
    script = HOME / f"{endpoint.name}.lua"
    words = {
        "requests": as_lua(endpoint.requests),
        "expected": endpoint.expected,
        "seed": time.time_ns() % 2**31,  # no key of a form comes twice
    }
    script.write_text(SCRIPT % words)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script, endpoint.url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = json.loads(done.stderr.splitlines()[-1])
    return Sample(said["requests"] / said["seconds"], said["p50"], said["p95"], said["p99"], said["bad"])


def as_lua(value):
    if value is None:
        return "nil"
    if isinstance(value, str):
        return json.dumps(value)  # of what stands here, Lua reads the same
    if isinstance(value, dict):
        return "{" + ", ".join(f"[{json.dumps(name)}] = {as_lua(one)}" for name, one in value.items()) + "}"
    return "{" + ", ".join(map(as_lua, value)) + "}"
