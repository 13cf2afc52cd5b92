"""Hooks of the fuzz: who calls, real values in valid requests, a check of our own, and a count.

`FUZZ_PLAN` is a JSON file with the tokens by caller and, for each operation, what a valid request
needs to succeed. `FUZZ_ANSWERS` is the file for the number of answers by operation and status.
"""

import atexit
import collections
import json
import os

import schemathesis

with open(os.environ["FUZZ_PLAN"]) as file:
    plan = json.load(file)

# The document can't say these rules. They compare with stored people, lists or other fields, or
# need more than the patterns that all languages of clients share.
beyond_the_document = (
    "A user with that username already exists.",
    "A user with that email already exists.",
    "This time must be later than registered_after.",
    "Datetime has wrong format.",
    "Enter a valid username.",
    "Enter a valid email address.",
    "Enter the 6 digits of the code.",
    "Enter the 16 characters of the code.",
    "Invalid password.",
    "The password is too similar to",
    "This password is too common.",
    "This password is entirely numeric.",
    "This field may not be blank.",
    "This field may not contain line breaks",
    "This field contains characters that can't be decoded.",
)
answers = collections.defaultdict(collections.Counter)
numbers = collections.Counter()


def name_of(case):
    return case.operation.definition.raw["operationId"]


def is_valid(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


@schemathesis.auth(refresh_interval=None)
class Tokens:
    def get(self, case, context):
        return plan["tokens"].get(plan["callers"][name_of(case)])

    def set(self, case, data, context):
        if data is not None:
            case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    name = name_of(case)
    if name in plan["own_pages"]:
        case.headers["Origin"] = plan["origin"]
    if not is_valid(case):
        return
    numbers[name] += 1
    # Every second valid request keeps what was generated.
    if numbers[name] % 2 == 0:
        return
    once = plan["once"].get(name)
    repeated = plan["repeated"].get(name)
    call = once.pop() if once else repeated[0] if repeated else {}
    for parameter in ("id", "session_id"):
        if parameter in call:
            case.path_parameters[parameter] = call[parameter]
    if isinstance(case.body, dict):
        case.body.update(call.get("body", {}))
    if "token" in call and "Authorization" in case.headers:
        case.headers["Authorization"] = f"Bearer {call['token']}"


@schemathesis.hook
def after_call(context, case, response):
    answers[name_of(case)][str(response.status_code)] += 1


@atexit.register
def write_answers():
    with open(os.environ["FUZZ_ANSWERS"], "w") as file:
        json.dump(answers, file)


@schemathesis.check
def accepts_valid_data(ctx, response, case):
    """A valid request is refused by field only for reasons that the document can't name."""
    if not is_valid(case) or response.status_code not in (400, 413, 415):
        return
    body = response.json()
    if isinstance(body.get("code"), str):
        assert body["code"] not in ("parse_error", "request_too_large", "unsupported_media_type"), body
        return
    for field, sentences in body.items():
        # Deactivation and a new rank ask for it.
        if field == "current_password" and name_of(case) == "updateUser":
            continue
        # Address and code belong together.
        if name_of(case) == "openAdminSession" and sentences == ["This field is required."]:
            continue
        for sentence in sentences:
            assert sentence.startswith(beyond_the_document), f"{field}: {sentence}"
