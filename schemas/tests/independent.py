"""Another validator's opinion: reads the lines of `instances` and fails where it judges a message otherwise.

It also holds every schema against the official meta-schema. Usage: independent.py FOLDER_OF_V1 FILE_OF_LINES
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import sys

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

# How many disagreements are shown.
SHOWN = 10


def pattern(validator, pattern, instance, schema):
    """In Python alone `$` also matches before a line break that ends the text; the standard's `$` is the end."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ValidationError("does not match")


Strict = validators.extend(Draft202012Validator, {"pattern": pattern})


def load(folder):
    schemas = {}
    for path in sorted(folder.glob("*/*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        schemas[str(path.relative_to(folder))] = schema
    return schemas


def judge(task):
    """Judges the lines of some schemas; returns the counts of both verdicts, and the lines judged otherwise."""
    folder, lines = task
    schemas = load(folder)
    for schema in schemas.values():
        # Where a schema names its dialect, the library goes on with that dialect's own `pattern`.
        del schema["$schema"]
    resources = [(schema["$id"], DRAFT202012.create_resource(schema)) for schema in schemas.values()]
    registry = Registry().with_resources(resources).crawl()
    judges = {}
    counts = collections.defaultdict(lambda: [0, 0])
    other = []
    for line in lines:
        told = json.loads(line)
        path = told["schema"]
        if path not in judges:
            judges[path] = Strict(schemas[path], registry=registry)
        valid = judges[path].is_valid(told["instance"])
        counts[path][valid] += 1
        if valid != told["valid"]:
            other.append(line)
    return dict(counts), other


def main():
    folder, file = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    schemas = load(folder)
    # Not `splitlines`: a message may hold other line breaks than the one that ends it.
    lines = file.read_text(encoding="utf-8").rstrip("\n").split("\n")
    processes = os.cpu_count() or 1
    size = -(-len(lines) // (processes * 4)) or 1
    tasks = [(folder, lines[start : start + size]) for start in range(0, len(lines), size)]
    counts = collections.defaultdict(lambda: [0, 0])
    other = []
    with concurrent.futures.ProcessPoolExecutor(processes) as pool:
        for some, disagreements in pool.map(judge, tasks):
            for path, (invalid, valid) in some.items():
                counts[path][0] += invalid
                counts[path][1] += valid
            other += disagreements
    for line in other[:SHOWN]:
        print(f"judged otherwise: {line}")
    # A schema of which one verdict never came up was not tested.
    messages = [path for path in schemas if not path.startswith("common/")]
    untested = [path for path in messages if 0 in counts.get(path, [0, 0])]
    for path in untested:
        print(f"only one verdict: {path} {counts.get(path)}")
    invalid, valid = (sum(count[index] for count in counts.values()) for index in (0, 1))
    print(
        f"{len(schemas)} schemas fit the meta-schema; "
        f"{valid} valid and {invalid} invalid messages of {len(counts)}, {len(other)} judged otherwise"
    )
    sys.exit(bool(other or untested))


if __name__ == "__main__":
    main()
