"""Python, httpx: one Client for each connection."""

import httpx

from common import CREDENTIALS, document, options, run

given = options()


def connected():
    client = httpx.Client(timeout=120)
    login = client.post(given.base + "/login", json=CREDENTIALS)
    login.raise_for_status()
    client.headers["Authorization"] = "Bearer " + login.json()["access_token"]
    return client


def call(client):
    answer = client.post(given.base + given.path, json=document(given.images))
    answer.raise_for_status()
    return answer.json()


run(given, [connected() for _ in range(given.concurrency)], call)
