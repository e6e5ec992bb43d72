"""Checks published outputs: JSON Feed by schema, all formats by feedparser, equal ids in all."""

import json
import sys
from pathlib import Path

import feedparser


def ids_of(path):
    if path.suffix == ".json":
        return [item["id"] for item in json.loads(path.read_text("utf-8"))["items"]]
    parsed = feedparser.parse(path.read_bytes())
    if parsed.bozo:
        sys.exit(f"{path}: feedparser: {parsed.bozo_exception}")
    if not parsed.feed.get("title"):
        sys.exit(f"{path}: feedparser finds no title")
    for entry in parsed.entries:
        if not (entry.get("title") and entry.get("link") and entry.get("published_parsed")):
            sys.exit(f"{path}: feedparser misses title, link or date of {entry.get('id')}")
    return [entry.id for entry in parsed.entries]


def check(schema_dir, roots):
    import jsonschema

    schema = json.loads((Path(schema_dir) / "jsonfeed-1.1.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft4Validator(schema)
    feeds = 0
    for root in map(Path, roots):
        for path in sorted(root.rglob("*.json")):
            for error in validator.iter_errors(json.loads(path.read_text("utf-8"))):
                sys.exit(f"{path}: {error.json_path}: {error.message}")
            ids = ids_of(path)
            for ending in (".atom", ".rss"):
                if ids_of(path.with_suffix(ending)) != ids:
                    sys.exit(f"{path.with_suffix(ending)}: other ids than {path.name}")
            if len(set(ids)) != len(ids):
                sys.exit(f"{path}: an id twice")
            feeds += 3
    print(f"check_outputs: {feeds} feeds by schema and feedparser")


def count(urls, root):
    addresses = Path(urls).read_text().split()
    paths = [Path(root) / address.split("/", 3)[3] for address in addresses]
    # newsboat takes an id for one item, in however many feeds it stands.
    print(len({one for path in paths for one in ids_of(path)}))


if sys.argv[1] == "--count":
    count(sys.argv[2], sys.argv[3])
else:
    check(sys.argv[1], sys.argv[2:])
