"""What the Python clients of `cargo xtask bench` have in common: arguments, the request, and the figures."""

import argparse
import base64
import json
import resource
import time

VIEWS = (
    "armLeftBottom armLeftTop armRightBottom armRightTop faceFront faceLeft faceRight footLeft footRight handLeft handRight "
    "legsBack legsFront trunkBack trunkFront trunkLeft trunkRight"
).split()
CREDENTIALS = {"username": "clinic@example.org", "password": "s3cret"}


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--requests", type=int, default=1)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--warm", type=int, default=0)
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--images", nargs="+", required=True)
    parser.add_argument("--response", default="small")
    given = parser.parse_args()
    given.base = f"{given.url}/{given.response}/v2.0"
    given.path = "/diagnosis-support" if len(given.images) <= 3 else "/severity-assessment/automatic/global"
    return given


def media(path):
    with open(path, "rb") as file:
        data = base64.b64encode(file.read()).decode("ascii")
    return {"contentAttachment": {"contentType": "image/jpeg", "data": data}}


def document(images):
    if len(images) <= 3:
        return {"payload": [media(path) for path in images]}
    item = {view: {"payload": media(path)} for view, path in zip(VIEWS, images)}
    return {
        "knownCondition": {"conclusion": {"text": "vitiligo"}},
        "scoringSystem": {"avasi": {"item": item}},
    }


def peak_kb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


class Stretch:
    """From its creation to the line it prints."""

    def __init__(self):
        self.faults = self._faults()
        self.cpu = time.process_time()
        self.wall = time.perf_counter()
        self.completed = 0

    @staticmethod
    def _faults():
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

    def print(self):
        print(
            json.dumps(
                {
                    "requests": self.completed,
                    "wall": time.perf_counter() - self.wall,
                    "cpu": time.process_time() - self.cpu,
                    "peak_kb": peak_kb(),
                    "page_faults": self._faults() - self.faults,
                }
            )
        )


def run(options, clients, call):
    """Lets each client, on a thread of its own, do its share; `call` makes one request with it."""
    import threading

    for client in clients:
        for _ in range(options.warm):
            call(client)
    stretch = Stretch()
    until = stretch.wall + options.seconds if options.seconds else None
    shares = [len(range(number, options.requests, len(clients))) for number in range(len(clients))]
    completed = [0] * len(clients)
    errors = []

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
    stretch.completed = sum(completed)
    stretch.print()
