"""What the contract cannot say in its schemas. Everything else that schemathesis reports is a failure.

Requests that the schemas call valid, and that are refused:

- An image is a complete JPEG, PNG or WebP; the schemas say base64. Other data is replaced by an image.
- The lists of scales and of whole-body views may grow, so the schemas let any name through. The sandbox knows those of
  the contract. Other names are removed, or replaced by a known one where none is left.
- `asalt` takes the views of the scalp alone. It is asked for one of them.
- The framework of the device reads an empty field of a form as a missing one. Empty credentials are replaced.

Requests that the schemas call invalid, and that are accepted:

- The framework of the device reads `true` and `"3"` as numbers. They are replaced by text.
"""

import ast
import os
import threading

import schemathesis
from schemathesis import GenerationMode

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mO4tqoHAARmAg0tniGOAAAAAElFTkSuQmCC"


# CPython 3.11 fails if a thread parses while another one does ("AST constructor recursion depth mismatch"), as the workers may
# when memory is collected meanwhile. What is collected may parse, too, in the same thread.
parsing, parse = threading.RLock(), ast.parse


def parse_alone(*args, **kwargs):
    with parsing:
        return parse(*args, **kwargs)


ast.parse = parse_alone


@schemathesis.hook
def before_call(context, case, kwargs):
    if isinstance(case.body, dict):
        if case.meta.generation.mode == GenerationMode.POSITIVE:
            case.body = valid(case)
        else:
            case.body = without_conversions(case.body)


def valid(case):
    if case.path == "/login":
        return credentials(case.body)
    body = with_images(case.body)
    # Other operations ignore a member of this name.
    if not case.path.startswith("/severity-assessment/"):
        return body
    schemas = case.operation.schema.raw_schema["components"]["schemas"]
    if case.path.endswith("/global"):
        views = schemas["GlobalView"]["x-extensible-enum"]
        inputs = [scale["item"] for scale in body["scoringSystem"].values()]
        known = {view: image for input in inputs for view, image in input.items() if view in views}
        image = next(image for input in inputs for image in input.values())
        body["scoringSystem"] = {"avasi": {"item": known or {views[0]: image}}}
    else:
        name, other = ("LocalScales", "avasi") if case.path.endswith("/local") else ("ManualScales", None)
        scales = {code: scale for code, scale in body["scoringSystem"].items() if code in schemas[name]["properties"]}
        pure4 = {"questionnaireResponse": {"item": {f"question{number}": 0 for number in range(1, 5)}}}
        body["scoringSystem"] = scales or ({other: {}} if other else {"pure4": pure4})
        if "asalt" in scales:
            body["bodySite"] = "headLeft"
    return body


def credentials(form):
    """Long names become those of the account, so that a login succeeds, too."""
    if len(form["username"]) > 3:
        return {"username": os.environ["SANDBOX_USERNAME"], "password": os.environ["SANDBOX_PASSWORD"]}
    return {name: value or "x" for name, value in form.items()}


def with_images(value):
    if isinstance(value, dict):
        return {name: PIXEL if name == "data" and isinstance(inner, str) else with_images(inner)
                for name, inner in value.items()}
    return [with_images(inner) for inner in value] if isinstance(value, list) else value


def without_conversions(value, is_answer=False):
    if isinstance(value, dict):
        return {name: without_conversions(inner, is_answer or name == "questionnaireResponse") for name, inner in value.items()}
    if isinstance(value, list):
        return [without_conversions(inner, is_answer) for inner in value]
    return "not a number" if is_answer and isinstance(value, (bool, str)) else value
