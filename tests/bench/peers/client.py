"""Python, requests or httpx: one connection for each thread. Arguments: the library, and the load as JSON."""

import base64
import importlib
import json
import resource
import sys
import threading
import time

library = importlib.import_module(sys.argv[1])
load = json.loads(sys.argv[2])
path = "/severity-assessment/automatic/global" if load["views"] else "/diagnosis-support"


def media(path):
    with open(path, "rb") as file:
        data = base64.b64encode(file.read()).decode("ascii")
    return {"contentAttachment": {"contentType": "image/jpeg", "data": data}}


def document():
    if not load["views"]:
        return {"payload": [media(path) for path in load["images"]]}
    item = {view: {"payload": media(path)} for view, path in zip(load["views"], load["images"])}
    return {"knownCondition": {"conclusion": {"text": "vitiligo"}}, "scoringSystem": {"avasi": {"item": item}}}


def connect():
    client = library.Session() if sys.argv[1] == "requests" else library.Client(timeout=120)
    login = client.post(load["url"] + "/login", json={"username": "clinic@example.org", "password": "s3cret"})
    login.raise_for_status()
    client.headers["Authorization"] = "Bearer " + login.json()["access_token"]
    return client


def call(client):
    response = client.post(load["url"] + path, json=document())
    response.raise_for_status()
    return response.json()


def page_faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def peak_kb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


clients = [connect() for _ in range(load["concurrency"])]
for client in clients:
    for _ in range(load["warm"]):
        call(client)
shares = [len(range(number, load["requests"], len(clients))) for number in range(len(clients))]
completed = [0] * len(clients)
errors = []
faults, cpu, wall = page_faults(), time.process_time(), time.perf_counter()
until = wall + load["seconds"] if load["seconds"] else None


def work(number):
    try:
        while time.perf_counter() < until if until else completed[number] < shares[number]:
            call(clients[number])
            completed[number] += 1
    except Exception as error:
        errors.append(error)


if len(clients) == 1:
    work(0)
else:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
if errors:
    raise errors[0]
cost = {"requests": sum(completed), "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
print(json.dumps({**cost, "peak_kb": peak_kb(), "page_faults": page_faults() - faults}))
