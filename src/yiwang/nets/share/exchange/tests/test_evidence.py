"""What of a grant can be shown to third parties."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest

from yiwang.kernel.base.clock import now, today, use_time
from yiwang.kernel.base.errors import Unavailable
from yiwang.kernel.evidence import services as evidence
from yiwang.kernel.evidence.models import Entry
from yiwang.nets.share.exchange import services
from yiwang.nets.share.exchange.services import Narrower

pytestmark = pytest.mark.django_db


def records(grant):
    rows = Entry.objects.filter(about=f"share.grant/{grant.id}").order_by("id")
    return [json.loads(one.record) for one in rows]


def test_the_life_of_a_grant_is_entered_with_the_digest_of_what_left(town):
    grant = town.grant()
    reader, owner = town.people["reader"], town.people["owner"]
    services.look_granted(reader, grant.id)
    with services.open_granted(reader, grant.id, ending="csv").stream as stream:
        content = stream.read()
    terms = services.get_terms(grant)
    left = Narrower(tuple(terms.columns[:1]), today() + timedelta(days=1), 10)
    services.narrow_grant(owner, grant.id, left, reason="人员调整")
    services.revoke_grant(owner, grant.id, reason="项目结束")

    found = records(grant)
    assert [one["kind"] for one in found] == [
        "share.grant.made", "share.delivery.made", "share.delivery.made", "share.delivery.file",
        "share.grant.narrowed", "share.grant.revoked",
    ]  # fmt: skip
    assert found[3]["facts"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert found[1]["facts"]["rows"] == 3
    assert found[4]["facts"]["columns"] == terms.columns[:1]
    assert "项目结束" not in json.dumps(found, ensure_ascii=False)


def test_who_sees_the_grant_takes_its_evidence_and_nobody_else(town, client_of, tmp_path):
    grant = town.grant()
    evidence.sequence()
    address = f"/exchange/grants/{grant.id}/evidence/"

    answer = client_of(town.people["reader"]).get(address)
    assert (
        "evidence/"
        in client_of(town.people["reader"]).get(f"/exchange/grants/{grant.id}/").content.decode()
    )
    (tmp_path / "bundle.zip").write_bytes(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        bundle.extract("verify.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "-S", "-E", "verify.py", "bundle.zip"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "share.grant.made" in done.stdout) == (0, True), done
    assert client_of(town.people["stranger"]).get(address).status_code in (403, 404)


def test_nothing_is_handed_out_while_acts_cannot_be_evidenced(town):
    grant = town.grant()
    reader = town.people["reader"]

    with use_time(now() + timedelta(hours=5)):
        with pytest.raises(Unavailable, match="could not be entered"):
            services.look_granted(reader, grant.id)
        evidence.sequence()
        assert services.look_granted(reader, grant.id).page.rows
