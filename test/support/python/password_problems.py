"""Prints what Django objects to in new passwords, a list of sentences for each case of the input."""

import json
import sys

from django.conf import settings

settings.configure(USE_I18N=False, INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"])
import django

django.setup()
from django.contrib.auth import password_validation as rules
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError


def person(traits):
    return User(
        username=traits["username"],
        email=traits["email"],
        first_name=traits["firstName"],
        last_name=traits["lastName"],
    )


validators = [
    rules.UserAttributeSimilarityValidator(),
    rules.MinimumLengthValidator(),
    rules.NumericPasswordValidator(),
]
answers = []
for case in json.load(sys.stdin):
    try:
        rules.validate_password(case["password"], person(case["traits"]), validators)
        answers.append([])
    except ValidationError as error:
        answers.append(error.messages)
json.dump(answers, sys.stdout)
