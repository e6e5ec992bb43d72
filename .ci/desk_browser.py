#!/usr/bin/env python3
"""Drives the desk in a real Chromium by WebDriver and keeps screenshots of every page.

    .ci/desk_browser.py BASE_URL ONE_TIME_LINK OUTPUT_DIRECTORY

Needs `chromedriver` (Debian: chromium-driver); says so and ends with 77 when it is absent.
"""
import base64
import json
import pathlib
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

PORT = 9517
PASSWORD = "a long enough password"


def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", data, method=method)
    request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{method} {path}: {error.read().decode()[:600]}")


class Browser:
    def __init__(self):
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]}
        wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
        self.path = f"/session/{call('POST', '/session', wanted)['sessionId']}"

    def go(self, url):
        call("POST", self.path + "/url", {"url": url})

    def run(self, script):
        return call("POST", self.path + "/execute/sync", {"script": script, "args": []})

    def chrome(self, command, **params):
        body = {"cmd": command, "params": params}
        return call("POST", self.path + "/goog/cdp/execute", body)

    def wait(self, condition, what):
        for _ in range(150):
            if self.run(f"return Boolean({condition})"):
                return
            time.sleep(0.1)
        raise SystemExit(f"{what} did not happen; the page is {self.run('return location.href')}: "
                         + self.run("return document.body.innerText.slice(0, 500)"))

    def leave(self, script):
        """Does what loads another page, and waits for that page."""
        self.run("window.isOld = true;" + script)
        self.wait("!window.isOld && document.readyState === 'complete'", script)

    def shoot(self, file, width, scheme):
        feature = [{"name": "prefers-color-scheme", "value": scheme}]
        self.chrome("Emulation.setEmulatedMedia", features=feature)
        self.chrome("Emulation.setDeviceMetricsOverride", width=width, height=900,
                    deviceScaleFactor=1, mobile=width < 600)
        overflow = self.run("return document.documentElement.scrollWidth - innerWidth")
        if overflow > 1:
            print(f"{file.name}: {overflow} px wider than the screen")
        image = self.chrome("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        file.write_bytes(base64.b64decode(image["data"]))

    def press(self, key):
        self.chrome("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        self.chrome("Input.dispatchKeyEvent", type="keyUp", key=key)

    def close(self):
        call("DELETE", self.path)


def log_in(browser, link):
    browser.go(link)
    browser.leave(f"document.querySelector('[type=password]').value = '{PASSWORD}';"
                  "document.querySelector('main form button').click()")


def flow(browser, other, base):
    """Split, pin, undo, with a second browser watching."""
    candidates = browser.run(
        "return [...document.querySelectorAll('[data-row] a[data-open]')].map(a => a.href)")
    for storyline in candidates:
        browser.go(storyline)
        events = browser.run(
            "return [...document.querySelectorAll('.moment')].map(m =>"
            " [m.querySelector('[data-open]').href, m.querySelectorAll('.tellers > li').length])")
        big = [url for url, tellers in events if tellers > 1]
        if len(events) > 1 and big:
            break
    else:
        raise SystemExit("no storyline has two events, one of them with two reports")
    other.go(big[0])
    browser.go(big[0])
    browser.run("document.querySelector('input[name=headline]').value = 'Pinned by a test'")
    browser.leave("document.querySelector('button[value=pin]').click()")
    browser.wait("document.querySelector('.said:not(.refused)')", "the pin's answer")
    other.wait("document.querySelector('h1').innerText === 'Pinned by a test'",
               "the pinned headline in another browser, without reload,")
    print("pin: another browser saw it")
    browser.leave("document.querySelector('button[value=undo]').click()")
    browser.wait("document.querySelector('.said').innerText.includes('undone')", "the undoing")
    other.wait("document.querySelector('h1').innerText !== 'Pinned by a test'",
               "the machine's headline in another browser")
    print("undo: another browser saw it")
    browser.run("[...document.querySelectorAll('[data-tick]')].pop().click()")
    browser.leave("document.querySelector('button[value=split]').click()")
    browser.wait("document.querySelector('.said:not(.refused)')", "the split")
    print("split:", browser.run("return document.querySelector('.said').innerText.split('\\n')[0]"))
    browser.leave("document.querySelector('button[value=undo]').click()")
    browser.go(storyline)
    browser.wait(f"document.querySelectorAll('.moment').length === {len(events)}",
                 "the storyline as it was before the split")
    browser.run("window.isOld = true")
    for key in "jjm":
        browser.press(key)
    browser.wait("!window.isOld && document.readyState === 'complete'", "the merge by three keys")
    print("merge by three keys:",
          browser.run("return document.querySelector('.said').innerText.split('\\n')[0]"))
    if browser.run("return document.querySelector('.said.refused') !== null"):
        raise SystemExit("the merge was refused")
    return storyline, big[0]


def main():
    base, link, output = sys.argv[1:4]
    if shutil.which("chromedriver") is None:
        print("no chromedriver here: install chromium-driver; nothing was checked")
        sys.exit(77)
    output = pathlib.Path(output)
    output.mkdir(parents=True, exist_ok=True)
    driver = subprocess.Popen(["chromedriver", f"--port={PORT}", "--log-level=WARNING"])
    try:
        time.sleep(1)
        browser, other = Browser(), Browser()
        log_in(browser, link)
        storyline, event = flow(browser, other, base)
        pages = {"now": base + "/desk", "storyline": storyline, "event": event,
                 "review": base + "/desk/review", "search": base + "/desk/search?q=the",
                 "feeds": base + "/desk/feeds", "log": base + "/desk/log",
                 "quality": base + "/desk/quality", "login": base + "/desk/login",
                 "home": base + "/"}
        public = browser.run("return [...document.querySelectorAll('a')].map(a => a.href)"
                             ".find(url => url.includes('/events/') && !url.includes('/desk/'))")
        browser.go(base + "/")
        timeline = browser.run("return [...document.querySelectorAll('a')].map(a => a.href)"
                               ".find(url => url.includes('/timeline'))")
        pages.update({name: url for name, url in (("public-event", public),
                                                  ("public-timeline", timeline)) if url})
        axe = pathlib.Path(sys.argv[4]).read_text() if len(sys.argv) > 4 else None
        worst = 0
        for name, url in pages.items():
            browser.go(url)
            browser.run("document.querySelector('details.why')?.setAttribute('open', '')")
            for width in (1280, 390):
                for scheme in ("light", "dark"):
                    browser.shoot(output / f"{name}-{width}-{scheme}.png", width, scheme)
                    if axe:
                        worst += check(browser, axe, f"{name} {width} {scheme}")
        browser.close()
        other.close()
        sys.exit(1 if worst else 0)
    finally:
        driver.terminate()


def check(browser, axe, where):
    # Injected through the debugger, so that the page's policy on scripts stays in force.
    browser.chrome("Runtime.evaluate", expression=axe)
    found = browser.chrome("Runtime.evaluate", awaitPromise=True, returnByValue=True, expression=(
        "axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => v.id + ': ' + v.nodes[0].html.slice(0, 160)))"))
    violations = found["result"].get("value") or []
    for line in violations:
        print(f"axe, {where}: {line}")
    return len(violations)


main()
