"""Reads an image of cloud-init data with readers that others wrote: pycdlib for ISO 9660 and Joliet, PyYAML for the data.

Arguments: the image, and the files that it must hold as JSON: {name: {"text": ..., "data": ...}}.
"""

import io
import json
import sys

import pycdlib
import yaml

image, expected = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))


def check(name, condition):
    print(("ok " if condition else "FAIL ") + name)


iso = pycdlib.PyCdlib()
iso.open(image)
check("pycdlib: the volume is called cidata", iso.pvd.volume_identifier.decode().strip() == "cidata")
check("pycdlib: it has Joliet's names", iso.has_joliet())
children = [child for child in iso.list_children(joliet_path="/") if not (child.is_dot() or child.is_dotdot())]
names = sorted(child.file_identifier().decode("utf-16-be") for child in children)
check("pycdlib: the files are there under their names", names == sorted(expected))
for name, want in expected.items():
    content = io.BytesIO()
    iso.get_file_from_iso_fp(content, joliet_path="/" + name)
    text = content.getvalue().decode("utf-8")
    check(f"pycdlib: {name} is as it was written", text == want["text"])
    if "data" in want:
        check(f"PyYAML: {name} means what it was made from", yaml.safe_load(text) == want["data"])
iso.close()
