"""Checks tokens as a Python service would.

The arguments are issuer, audience, JWKS address, the line of docs/api.md that sets SIMPLE_JWT, and
the view of docs/front-ends.md.
Standard input holds one token a line, after the time that the service's clock shows.
"""

import datetime
import json
import sys

import jwt
from django.conf import settings

issuer, audience, jwks, documented, documented_view = sys.argv[1:]
simple_jwt = eval(documented.removeprefix("SIMPLE_JWT = "), {"issuer": issuer})


class Clock(datetime.datetime):
    seconds = 0

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(cls.seconds, tz)


jwt.api_jwt.datetime = Clock
settings.configure(
    SECRET_KEY="every Django service has one; it checks none of our tokens",
    SIMPLE_JWT={**simple_jwt, "JWK_URL": jwks},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
)
import django

django.setup()
from rest_framework.test import APIRequestFactory
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication

exec(documented_view)


def by_pyjwt(token):
    key = jwt.PyJWKClient(jwks).get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=["RS256"], issuer=issuer, audience=audience)["sub"]


def by_simplejwt(token):
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {token}")
    user, _ = JWTStatelessUserAuthentication().authenticate(request)
    return user.id


def by_view(token):
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {token}")
    response = Notes.as_view()(request)
    return response.data if response.status_code == 200 else response.status_code


def outcome(check, token):
    try:
        return check(token)
    except Exception as error:
        return f"refused: {type(error).__name__}"


for line in sys.stdin:
    clock, token = line.split()
    Clock.seconds = int(clock)
    checks = {"pyjwt": by_pyjwt, "simplejwt": by_simplejwt, "view": by_view}
    print(json.dumps({name: outcome(check, token) for name, check in checks.items()}))
