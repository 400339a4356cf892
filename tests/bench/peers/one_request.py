"""Python, requests: a whole program for one image. Arguments: base URL, file."""

import base64
import json
import sys

import requests

base, path = sys.argv[1:]
session = requests.Session()
login = session.post(base + "/login", json={"username": "clinic@example.org", "password": "s3cret"})
login.raise_for_status()
session.headers["Authorization"] = "Bearer " + login.json()["access_token"]
with open(path, "rb") as file:
    data = base64.b64encode(file.read()).decode("ascii")
response = session.post(base + "/diagnosis-support", json={"payload": [{"contentAttachment": {"data": data}}]})
response.raise_for_status()
print(json.dumps(response.json()))
