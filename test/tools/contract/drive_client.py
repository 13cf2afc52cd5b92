"""Drives the account flow with the client that a generator has made, in `generated/` beside us.

Parameters: the URL of the API, and the operations that have a body, as JSON.
"""

import importlib
import json
import re
import secrets
import sys
import time
import urllib.parse
import urllib.request

from generated import AuthenticatedClient, Client, models
from generated.api.jwt import create_token
from generated.api.user import activate_user, create_user, get_me, request_otp, update_me
from generated.models import RefusalCode

url, operations = sys.argv[1], json.loads(sys.argv[2])


def snake(name):
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def body_type(operation):
    """The type of the parameter `body`, as the generated function declares it."""
    tag = next(tag for tag in ("user", "jwt", "admin") if exists(f"generated.api.{tag}.{snake(operation)}"))
    function = importlib.import_module(f"generated.api.{tag}.{snake(operation)}").sync_detailed
    return function.__annotations__["body"]


def exists(module):
    try:
        importlib.import_module(module)
        return True
    except ModuleNotFoundError:
        return False


def letters_to(address):
    query = urllib.parse.urlencode({"to": address})
    with urllib.request.urlopen(f"{url}/_aws/ses?{query}") as answer:
        return json.load(answer)["messages"]


def code_to(address, count):
    """Waits for the letter of this number to the address, and returns its code of six digits."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        letters = letters_to(address)
        if len(letters) >= count:
            newest = max(letters, key=lambda letter: letter["Timestamp"])
            return re.search(r"^ {4}(\d{3} \d{3})$", newest["Body"]["text_part"], re.MULTILINE)[1]
        time.sleep(0.05)
    raise AssertionError(f"letter {count} to {address} did not come")


def equal(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


for operation in operations:
    name = f"{operation[0].upper()}{operation[1:]}Request"
    assert hasattr(models, name), f"{operation} has no type {name}"
    equal(str(body_type(operation)).split(" | ")[0].split(".")[-1].strip("'>"), name)

client = Client(base_url=url, raise_on_unexpected_status=True)
username = f"g{secrets.token_hex(6)}"
email, password = f"{username}@example.com", f"Quartz-{secrets.token_hex(8)}"

registered = create_user.sync(
    client=client,
    body=models.CreateUserRequest(username=username, email=email, password=password),
)
equal((type(registered), registered.username), (models.User, username))

activation = models.ActivateUserRequest(email=email, otp_code=code_to(email, 1))
equal(activate_user.sync(client=client, body=activation).id, registered.id)

request_otp.sync(client=client, body=models.RequestOtpRequest(email=email, password=password))
sign_in = models.CreateTokenRequest(email=email, otp_code=code_to(email, 2))
pair = create_token.sync(client=client, body=sign_in)
equal(type(pair), models.TokenPair)

refused = create_token.sync(client=client, body=sign_in)
equal((type(refused), refused.code), (models.Refusal, RefusalCode.SIGN_IN_REFUSED))
unnamed = create_user.sync(
    client=client,
    body=models.CreateUserRequest(username="a b", email=email, password=password),
)
equal((type(unnamed), list(unnamed.additional_properties)), (models.FieldErrors, ["username"]))

me = AuthenticatedClient(base_url=url, token=pair.access, raise_on_unexpected_status=True)
equal(get_me.sync(client=me).email, email)
equal(update_me.sync(client=me, body=models.UpdateMeRequest(first_name="Ada")).first_name, "Ada")
equal(get_me.sync(client=me).first_name, "Ada")
print(f"{len(operations)} bodies are named after their operations, and the account flow works")
