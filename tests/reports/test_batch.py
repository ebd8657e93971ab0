"""The page of `batch --summary`, in a real browser."""

import json
import re
import shutil
import subprocess
import sys
from html import unescape

import pytest

from tests.conftest import ROOT

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = ("headless", "no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking", "disable-sync")
# Says of the page what its reader sees: boxes of the window, of the bars and of the rows, and their texts.
_PROBE = """<script>
const seen = selector => [...document.querySelectorAll(selector)].filter(e => e.getBoundingClientRect().height > 0);
const texts = selector => seen(selector).map(e => e.innerText);
document.title = JSON.stringify({
  window: innerWidth, page: document.documentElement.scrollWidth,
  ends: Math.max(...seen("td, svg, h2").map(e => e.getBoundingClientRect().right)),
  tally: texts(".tally tr"), bars: seen(".tally rect").length, chart: seen(".chart rect").length,
  doubtful: texts(".doubtful tr"), errors: texts(".errors tr"),
});
</script>"""


def _open(page, tmp_path, width):
    """What a browser window of some width shows of a page, and what the browser complains of."""
    path = tmp_path / f"{width}.html"
    path.write_text(page, encoding="utf-8")
    flags = [f"--{flag}" for flag in (*_FLAGS, f"user-data-dir={tmp_path / 'profile'}", f"window-size={width},1000")]
    command = [str(_CHROMIUM), *flags, "--enable-logging=stderr", "--dump-dom", path.as_uri()]
    result = subprocess.run(command, capture_output=True, timeout=180, check=False)
    found = re.search("<title>(.*?)</title>", result.stdout.decode(), re.DOTALL)
    assert found, result.stderr.decode()
    return unescape(found[1]), [line for line in result.stderr.decode().splitlines() if "CONSOLE" in line]


@pytest.mark.skipif(_CHROMIUM is None, reason="needs Chromium (Debian: chromium)")
def test_a_browser_shows_the_summary(tmp_path):
    """Tally, chart, doubtful rows and errors are seen, wide and narrow; nothing is run and nothing complained of."""
    source, target = tmp_path / "in.csv", tmp_path / "summary.html"
    hostile = f"<script>throw 1</script><img src=x onerror=alert(1)> {'w' * 300}"
    rows = [
        "opis,url",
        *(f"Forum nr {i} o kotach: zadaj pytanie," for i in range(20)),
        "Code and bread,",
        f"{hostile},",
    ]
    rows += [f",https://{'a-long-name.' * 8}example/{'p' * 200}", "Sklep z butami,", ",", "x,y,z"]
    source.write_text("\n".join(rows) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "socialcls", "batch", str(source), "--summary", str(target), "--lang", "pl", "-q"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    page = target.read_text(encoding="utf-8")
    for width in (1200, 500):  # the narrowest that this browser makes
        title, complaints = _open(page, tmp_path, width)
        assert (title, complaints) == ("Co wyszło z wierszy", [])
        shown = json.loads(_open(page.replace("</body>", f"{_PROBE}</body>"), tmp_path, width)[0])
        assert shown["page"] <= shown["window"] == width, shown
        assert shown["ends"] <= width, shown
        assert re.search(r"community\s+20\s", shown["tally"][0]), shown
        assert shown["bars"] == len(shown["tally"]) > 1
        assert shown["chart"] > 1
        assert any("Code and bread" in row and "%" in row and "Brak pewności" in row for row in shown["doubtful"])
        assert len(shown["errors"]) == 1
        assert "z" in shown["errors"][0]
