"""A real node: its own home folder, real processes."""

import html
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND_SECONDS = (
    600  # loading the sample city beside ten other busy processes took over two minutes
)


class Node:
    """A node in a folder, driven as an operator would."""

    def __init__(self, home, database=""):
        self.home = home
        self.database = database

    @property
    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YIWANG_")}
        return kept | {
            "YIWANG_HOME": str(self.home),
            "YIWANG_DATABASE": self.database,
            "DJANGO_SETTINGS_MODULE": "yiwang.site.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "LC_ALL": "C.UTF-8",
        }

    def command(self, *arguments):
        return [sys.executable, "-m", "yiwang.site.cli", *map(str, arguments)]

    def run(self, *arguments, code=0, **options):
        """Run a command to its end; its standard output."""
        done = subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True,
            timeout=COMMAND_SECONDS, check=False, **options,
        )  # fmt: skip
        assert code is None or done.returncode == code, (
            f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done.stdout if not code else done.stdout + done.stderr

    def ask(self, *arguments, code=0):
        """The document a command prints."""
        return json.loads(self.run(*arguments, "--json", code=code))

    def python(self, text):
        """Run a few lines with Django loaded in a process of their own; what they print."""
        head = "import django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", head + text], env=self.environment, capture_output=True,
            text=True, timeout=COMMAND_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write_acts(self, count):
        """Put rows into the ledger."""
        self.python(
            "from yiwang.kernel.base.act import SYSTEM, Ref\n"
            "from yiwang.kernel.ledger.services import acting\n"
            f"for number in range({count}):\n"
            "    with acting(SYSTEM, 'trial.thing.made', on=Ref('trial.thing', str(number), '街道')):\n"
            "        pass\n"
        )

    def install_app(self):
        """An app with two records that are linked, and one that was changed and one removed."""
        self.python(
            "from yiwang.kernel.base.act import SYSTEM\n"
            "from yiwang.kernel.identity import services as identity\n"
            "from yiwang.kernel.records import services as records\n"
            "from yiwang.kernel.records.tests.shops import SHOPS\n"
            "identity.create_organization(SYSTEM, code='D01', name='市商务局', kind='department')\n"
            "records.publish_bundle(identity.installer_actor(), SHOPS)\n"
            "desk = records.system_desk()\n"
            "place = records.create_record(desk, 'demo.community', {'code': 'C1', 'name': '东风'})\n"
            "shop = {'name': '老王面馆', 'kind': 'food', 'community': place.id, 'area': '3.50'}\n"
            "made = records.create_record(desk, 'demo.shop', shop)\n"
            "records.update_record(desk, 'demo.shop', made.id, {'name': '新王面馆'}, rev=1)\n"
            "gone = records.create_record(desk, 'demo.shop', {**shop, 'name': '旧店'})\n"
            "records.remove_record(desk, 'demo.shop', gone.id, rev=1)\n"
        )

    def find_shops(self, word):
        """The names of shops that a search finds, and the indexes of their table."""
        return json.loads(
            self.python(
                "import json\n"
                "from yiwang.kernel.records import services as records\n"
                "from yiwang.kernel.records.types import Wanted\n"
                "from yiwang.kernel.records.services.tables.columns import read_indexes\n"
                "desk = records.system_desk()\n"
                f"page = records.list_records(desk, 'demo.shop', Wanted(search={word!r}))\n"
                "names = [one.title for one in page.records]\n"
                "table = desk.entity('demo.shop').table\n"
                "print(json.dumps([names, sorted(read_indexes(table))]))\n"
            )
        )

    def digests(self):
        """Count and digest of every table."""
        return json.loads(
            self.python(
                "import json\n"
                "from yiwang.site.care import move\n"
                "found = {m._meta.label: move.digest(move.read_rows(m, 'default'))"
                " for m in move.list_models()}\n"
                "tables = move.list_record_tables()\n"
                "found |= {name: move.digest(move.read_table('default', name, sorted(columns)))"
                " for name, columns in tables.items()}\n"
                "print(json.dumps(found))\n"
            )
        )

    @contextmanager
    def running(self, *arguments):
        """The node started as an operator does, until the block ends."""
        port = free_port()
        process = subprocess.Popen(
            self.command("start", "--port", port, *arguments), env=self.environment,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        running = Running(process, port)
        try:
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stderr.close()


class Running:
    """A started node."""

    def __init__(self, process, port):
        self.process = process
        self.port = port

    def children(self):
        """Process id by what the process is: web, worker."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        found = {}
        for pid in map(int, listed.split()):
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            found["web" if b"granian" in words else "worker"] = pid
        return found

    def first_page(self, seconds=180):
        """Wait for a page; its status and the seconds it took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            try:
                with urllib.request.urlopen(self.address("/sign-in/"), timeout=10) as answer:
                    return answer.status, time.monotonic() - begun
            except urllib.error.HTTPError as error:
                return error.code, time.monotonic() - begun
            except OSError:
                assert self.process.poll() is None, self.process.stderr.read()
                time.sleep(0.05)
        raise AssertionError("no page came")

    def sign_in(self, person):
        """Sign in as a person; gives what reads pages as them."""
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        opener.open(self.address("/sign-in/"), timeout=30).read()
        token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
        form = {
            "name": person["name"],
            "password": person["password"],
            "csrfmiddlewaretoken": token,
        }
        data = urllib.parse.urlencode(form).encode()
        opener.open(self.address("/sign-in/"), data, timeout=30).read()
        return lambda path: read_main(opener.open(self.address(path), timeout=30).read().decode())

    def address(self, path):
        return f"http://127.0.0.1:{self.port}{path}"


def read_main(page):
    """The words of a page's main part, without its marks."""
    main = re.search(r"<main.*?</main>", page, re.DOTALL)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """What `init` makes on SQLite; nobody starts or changes this one."""
    made = Node(tmp_path_factory.mktemp("prepared") / "home")
    made.run("init")
    return made


@pytest.fixture
def node(prepared, tmp_path):
    """A prepared node on SQLite of the test's own."""
    shutil.copytree(prepared.home, tmp_path / "home")
    return Node(tmp_path / "home")


@pytest.fixture
def empty_database():
    """The address of an empty PostgreSQL database, dropped afterwards."""
    psycopg = pytest.importorskip("psycopg")
    server = os.environ.get("PG", "postgresql://postgres@127.0.0.1:5432/yiwang").rsplit("/", 1)[0]
    try:
        admin = psycopg.connect(f"{server}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"PostgreSQL does not answer: {error}")
    name = f"yiwang_trial_{uuid.uuid4().hex[:12]}"
    with admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
