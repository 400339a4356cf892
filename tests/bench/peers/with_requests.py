"""Python, requests: one Session for each connection."""

import requests

from common import CREDENTIALS, document, options, run

given = options()


def connected():
    session = requests.Session()
    login = session.post(given.base + "/login", json=CREDENTIALS)
    login.raise_for_status()
    session.headers["Authorization"] = "Bearer " + login.json()["access_token"]
    return session


def call(session):
    answer = session.post(given.base + given.path, json=document(given.images))
    answer.raise_for_status()
    return answer.json()


run(given, [connected() for _ in range(given.concurrency)], call)
