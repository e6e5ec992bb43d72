#!/usr/bin/env python3
"""Compares Dateline's reading of feeds with Python's feedparser.

    pip install feedparser
    cargo build --release --example read_feed
    tools/feedparser_diff.py [--mutations N] [--show N] [--reader PATH] DIR_OR_FILE...

Compared for every document: the number of entries, and title, link, id, summary and dates of feed and
entries wherever feedparser has a value. Texts are compared without markup, references and white
space. Differences that are meant are named in `explained` below, with the reason; docs/reading.md has them by class.
"""
import argparse, calendar, collections, html, json, pathlib, random, re, subprocess, sys, tempfile, warnings

warnings.simplefilter("ignore")
import feedparser

BASE = "http://example.invalid/feed"


def level(text):
    text = text or ""
    for _ in range(2):
        text = re.sub(r"<(script|style)\b.*?</\1\s*>", "", text, flags=re.S | re.I)
        text = html.unescape(re.sub(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", " ", text, flags=re.S))
    return re.sub(r"[\s\u200b\ufeff]+", "", text)


def seconds(parsed):
    try:
        return calendar.timegm(parsed) if parsed else None
    except (ValueError, OverflowError):
        return None


def explained(field, theirs, ours):
    """Why a difference is meant; None if it is not."""
    if field == "link" and not re.match(r"https?://", theirs or "", re.I):
        return "links lead to the web only"
    if field == "link" and ours is None and (theirs or "").startswith(BASE.rsplit("/", 1)[0]):
        return "an id that is no address is not made a link"
    if field in ("title", "summary") and re.search(r"&\w+;?|[\0-\x08\x0b-\x1f\x7f-\x9f\ufffd]", theirs or ""):
        return "feedparser leaves or spoils references, control characters and odd encodings"
    if field == "id" and theirs and ours and theirs.endswith(ours):
        return "ids are not resolved against the address of the feed"
    if field in ("published", "updated") and theirs is not None and not -2208988800 <= theirs <= 4102444800:
        return "years before 1900 and after 2100 are not compared"
    return None


def fields_of(entry, is_feed):
    yield "title", level(entry.get("title")), level
    yield "link", entry.get("link"), lambda v: v
    yield "id", entry.get("id"), lambda v: v
    yield "summary", level(entry.get("subtitle" if is_feed else "summary")), level
    for name in ("published", "updated"):
        yield name, seconds(entry.get(name + "_parsed")), lambda v: v


def compare(path, ours, stats, examples):
    data = pathlib.Path(path).read_bytes()
    try:
        theirs = feedparser.parse(data, response_headers={"content-location": BASE, "content-type": "application/xml"})
    except Exception as error:  # feedparser itself failed: nothing to compare with
        stats["feedparser failed"] += 1
        return
    stats["documents"] += 1
    if len(theirs.entries) != len(ours["items"]):
        stats["count differs"] += 1
        examples["count"].append((path, len(theirs.entries), len(ours["items"])))
        return
    pairs = [("feed", theirs.feed, ours)] + [("entry", t, o) for t, o in zip(theirs.entries, ours["items"])]
    for kind, their, our in pairs:
        for field, value, same in fields_of(their, kind == "feed"):
            if not value:
                continue
            stats[f"{kind} {field} compared"] += 1
            if same(our.get(field)) == value:
                continue
            reason = explained(field, value, our.get(field))
            if reason:
                stats["explained: " + reason] += 1
                continue
            stats[f"{kind} {field} differs"] += 1
            examples[f"{kind} {field}"].append((path, value, our.get(field)))


def mutate(data, rng):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4])):
        at = rng.randrange(len(data))
        kind = rng.randrange(5)
        if kind == 0:
            del data[at : at + rng.choice([1, 2, 8, 64])]
        elif kind == 1:
            data[at:at] = bytes(rng.choice([b"<", b">", b"&", b"]]>", b"<item>", b"</item>", b"\xff", b'"', b"<![CDATA[", b"</title>"]))
        elif kind == 2:
            data[at] = rng.randrange(256)
        elif kind == 3:
            data[at:at] = data[at : at + 40]
        else:
            del data[at : None if rng.randrange(4) == 0 else at + 1]
        if not data:
            break
    return bytes(data)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("paths", nargs="+")
    options.add_argument("--mutations", type=int, default=0, help="that many mutated copies of the documents beside them")
    options.add_argument("--show", type=int, default=3, help="examples of each difference")
    options.add_argument("--reader", default="target/release/examples/read_feed")
    options = options.parse_args()
    files = []
    for path in map(pathlib.Path, options.paths):
        files += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    with tempfile.TemporaryDirectory() as folder:
        rng = random.Random(20250815)
        sources = list(files)
        for number in range(options.mutations):
            source = rng.choice(sources)
            data = source.read_bytes()
            if not data or len(data) > 200_000:
                continue
            copy = pathlib.Path(folder) / f"{number}-{source.name}"
            copy.write_bytes(mutate(data, rng))
            files.append(copy)
        names = "\n".join(map(str, files))
        output = subprocess.run([options.reader], input=names, capture_output=True, text=True, check=True).stdout
        stats, examples = collections.Counter(), collections.defaultdict(list)
        for line in output.splitlines():
            ours = json.loads(line)
            if not ours["file"].endswith(".json"):
                compare(ours["file"], ours, stats, examples)
        for name, number in sorted(stats.items()):
            print(f"{number:8} {name}")
        for name, cases in sorted(examples.items()):
            for path, theirs, ours in cases[: options.show]:
                print(f"{name}: {path}\n    feedparser {str(theirs)[:300]!r}\n    dateline   {str(ours)[:300]!r}")


if __name__ == "__main__":
    main()
