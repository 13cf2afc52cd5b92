"""Checks tokens as a Python service would.

The arguments are issuer, audience and JWKS address. Standard input holds one token a line.
"""

import json
import sys

import jwt
from django.conf import settings

issuer, audience, jwks = sys.argv[1:]
settings.configure(
    SECRET_KEY="every Django service has one; it checks none of our tokens",
    SIMPLE_JWT={"ALGORITHM": "RS256", "JWK_URL": jwks, "ISSUER": issuer, "AUDIENCE": audience},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
)
import django

django.setup()
from rest_framework.test import APIRequestFactory
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication


def by_pyjwt(token):
    key = jwt.PyJWKClient(jwks).get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=["RS256"], issuer=issuer, audience=audience)["sub"]


def by_simplejwt(token):
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {token}")
    user, _ = JWTStatelessUserAuthentication().authenticate(request)
    return user.id


def outcome(check, token):
    try:
        return check(token)
    except Exception as error:
        return f"refused: {type(error).__name__}"


for line in sys.stdin:
    token = line.strip()
    print(json.dumps({"pyjwt": outcome(by_pyjwt, token), "simplejwt": outcome(by_simplejwt, token)}))
