"""A stranger's subscriber at the hub: Flask-WebSub, a feed of its own, and the real program."""

import logging
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import flask_websub.subscriber
from flask import Flask, Response
from flask_websub.subscriber import (
    SQLite3SubscriberStorage,
    SQLite3TempSubscriberStorage,
    Subscriber,
    discover,
)
from werkzeug.serving import make_server

PATIENCE = 30


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait(what, condition):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    sys.exit(f"check-websub: {what} did not happen within {PATIENCE} s")


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read()
    except OSError:
        return b""


# It gives secrets to https hubs only; this one is on loopback.
flask_websub.subscriber.is_secure = lambda url: True
logging.getLogger("werkzeug").setLevel(logging.ERROR)
program = sys.argv[1]
here = pathlib.Path(tempfile.mkdtemp(prefix="dateline-websub-"))
port, listen = free_port(), free_port()
base = f"http://127.0.0.1:{listen}"
topic = f"{base}/feeds/events.atom"
headlines = ["Ferry runs aground off the northern cape, all passengers safe"]
deliveries, confirmed = [], []

app = Flask(__name__)
app.config["SERVER_NAME"] = f"127.0.0.1:{port}"
subscriber = Subscriber(
    SQLite3SubscriberStorage(str(here / "kept.sqlite3")),
    SQLite3TempSubscriberStorage(str(here / "asked.sqlite3")),
)
app.register_blueprint(subscriber.build_blueprint(url_prefix="/callbacks"))


@app.route("/feed")
def feed():
    now = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
    items = "".join(
        f"<item><guid>{number}</guid><title>{line}</title><pubDate>{now}</pubDate>"
        f"<link>http://127.0.0.1:{port}/{number}</link></item>"
        for number, line in enumerate(headlines)
    )
    body = f'<rss version="2.0"><channel><title>Cape News</title>{items}</channel></rss>'
    return Response(body, mimetype="application/rss+xml")


@subscriber.add_listener
def delivered(topic_url, callback_id, body):
    deliveries.append((topic_url, body))


@subscriber.add_success_handler
def succeeded(topic_url, callback_id, mode):
    confirmed.append(mode)


@subscriber.add_error_handler
def refused(topic_url, callback_id, reason):
    sys.exit(f"check-websub: refused: {reason}")


threading.Thread(
    target=make_server("127.0.0.1", port, app, threaded=True).serve_forever, daemon=True
).start()
config = here / "dateline.toml"
config.write_text(
    f'[server]\nlisten = "127.0.0.1:{listen}"\nbase_url = "{base}"\npublish_hold_secs = 0\n'
    f'[polling]\nhost_gap_millis = 0\n'
    f'[fetch]\nallow_networks = ["127.0.0.0/8"]\nallow_ports = [{port}]\n'
)
common = [program, "--config", str(config), "--data-dir", str(here / "state")]
daemon = subprocess.Popen(common + ["run", "--no-starter"], stderr=(here / "log").open("w"))
try:
    wait("the start", lambda: get(f"{base}/healthz"))
    subprocess.run(common + ["feeds", "add", f"http://127.0.0.1:{port}/feed"], check=True)
    wait("the first entry", lambda: b"Ferry" in get(topic))
    found = discover(topic)
    assert found == {"topic_url": topic, "hub_url": f"{base}/hub"}, found
    with app.app_context():
        callback = subscriber.subscribe(secret="a secret of the stranger", **found)
    wait("the verification", lambda: "subscribe" in confirmed)
    print("check-websub: discovered, subscribed, verified")

    headlines.append("Storm cuts power to forty villages on the southern coast")
    subprocess.run(common + ["poll"], check=True)
    subprocess.run(common + ["poll", "1"], check=True)
    wait("a delivery with the news", lambda: any(b"Storm" in body for _, body in deliveries))
    # Flask-WebSub hands over only what carries the right signature.
    got_topic, body = deliveries[-1]
    assert got_topic == topic
    wait("the same document by GET", lambda: get(topic) == body)
    print(f"check-websub: {len(deliveries)} signed deliveries, the last equal to the document")

    with app.app_context():
        subscriber.renew(callback)
    wait("the renewal", lambda: confirmed.count("subscribe") == 2)
    with app.app_context():
        subscriber.unsubscribe(callback)
    wait("the unsubscription", lambda: "unsubscribe" in confirmed)
    before = len(deliveries)
    headlines.append("Parliament passes the harbour bill after a night of debate")
    subprocess.run(common + ["poll", "1"], check=True)
    wait("the third entry", lambda: b"Parliament" in get(topic))
    time.sleep(2)
    assert len(deliveries) == before, "delivered after the unsubscription"
    print("check-websub: renewed, unsubscribed, nothing delivered since")
finally:
    daemon.terminate()
    daemon.wait(20)
