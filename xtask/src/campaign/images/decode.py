"""Shows files to Pillow and to a second decoder, for PNG to a checker, and says of each what they make of it.

Input: the folder of the mutants. Output, for each mutant and each file that is sent of it: number, kind, and for both
decoders "ok", "warns" or "fails", the digest of the pixels, and the complaint.
"""

import hashlib
import pathlib
import subprocess
import sys
import warnings

from PIL import Image

SECOND = {
    "jpg": ["djpeg", "-pnm"],
    "webp": ["dwebp", "-quiet", "-pam", "-o", "-", "--", "-"],
}


def pillow(path):
    try:
        with Image.open(path) as image:
            image.load()
            pixels = repr((image.mode, image.size)).encode() + image.convert("RGBA").tobytes()
        return "ok", pixels, ""
    except Exception as error:
        return "fails", b"", f"{type(error).__name__}: {error}"


def second(path):
    if path.suffix == ".png":
        done = subprocess.run(["pngcheck", "-q", path], capture_output=True)
        return "fails" if done.returncode else "ok", b"", done.stdout.decode(errors="replace").strip()
    command = SECOND[path.suffix[1:]]
    done = subprocess.run(command, stdin=path.open("rb"), capture_output=True)
    complaint = done.stderr.decode(errors="replace").strip()
    if not done.stdout or done.returncode not in (0, 2):
        return "fails", b"", complaint
    return "warns" if done.returncode or complaint else "ok", done.stdout, complaint


warnings.simplefilter("ignore")
for path in sorted(pathlib.Path(sys.argv[1]).glob("*-*.*")):
    number, kind = path.stem.split("-")
    row = [number, kind]
    for verdict, pixels, complaint in (pillow(path), second(path)):
        first = " ".join(complaint.split("\n")[:1]).replace("\t", " ").replace(str(path), "")
        row += [verdict, hashlib.sha256(pixels).hexdigest(), first]
    print("\t".join(row))
