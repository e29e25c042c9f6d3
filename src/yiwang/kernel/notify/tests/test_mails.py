"""Notices by mail: to a real server, only where wanted, saying no more than they may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.base.clock import CITY_ZONE, use_time
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted, TooMany, Unavailable
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.notify import services
from yiwang.kernel.notify.models import MailLine, Notice, NoticeWishes
from yiwang.kernel.notify.services.mailing import clean, write
from yiwang.kernel.notify.services.outbox import end_of_quiet
from yiwang.kernel.notify.services.smtp import MailServer, read_mail_server
from yiwang.kernel.notify.services.wishes import sign_stop
from yiwang.kernel.notify.types import NOTICE_KINDS, Wish, Wishes

from .post_office import PASSWORD as MAIL_PASSWORD
from .post_office import USER, PostOffice, open_post_office

PASSWORD = "Rain-on-the-roof-7"
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ASKED = "%(number)s %(case)s: you are asked to act"


@pytest.fixture
def people(db) -> dict[str, Actor]:
    found = {}
    for name, role in (("zhang.san", "viewer"), ("li.si", "viewer"), ("op", "sysadmin")):
        one, _ = identity.create_account(
            SYSTEM, name=name, password=PASSWORD, must_change_password=False
        )
        identity.grant_role(SYSTEM, one.id, role)
        found[name] = identity.get_actor(one.id)
    return found


@pytest.fixture
def office(tmp_path, settings) -> Iterator[PostOffice]:
    with open_post_office(tmp_path) as found:
        settings.YIWANG_MAIL = {
            "host": "127.0.0.1", "port": found.port, "security": "none",
            "sender": "yiwang@city.example", "site": "https://node.example",
        }  # fmt: skip
        yield found


@pytest.fixture
def noon():
    with use_time(NOON):
        yield


def sign_in(name: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


def give_address(actor: Actor, office: PostOffice, address: str = "zhang@city.example") -> None:
    services.ask_address(actor, address, language="zh-hans")
    run_due()
    services.confirm_address(actor, read_code(office))
    office.taken.clear()


def read_code(office: PostOffice) -> str:
    found = re.search(r"\b\d{6}\b", office.texts[-1])
    assert found
    return found[0]


def choose(actor: Actor, mail: str = "now", kind: str = "workflow.asked", **more) -> None:
    services.save_wishes(actor, {kind: Wish(mail=mail)}, language="zh-hans", **more)


def tell(*people: Actor, case: str = "请假", number: str = "QJ-2026-000001", **more) -> None:
    told = {"title": ASKED, "kind": "workflow.asked", "url": "/cases/x:1/", **more}
    with acting(SYSTEM, "test.tell", on=Ref("test", "1")) as act:
        services.notify(
            act, [one.id for one in people], told["title"], told["url"], kind=told["kind"],
            number=number, case=case, secret="身份证 440106",
        )  # fmt: skip


def run_until_still() -> None:
    """Every job whose time has come, the retries as their pauses end."""
    while job := Job.objects.filter(state="queued").order_by("run_at").first():
        with use_time(max(job.run_at, NOON)):
            assert run_due()


# Who gets a mail.


def test_a_mail_goes_to_who_wants_it_at_once(people, office, noon):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)

    tell(zhang, people["li.si"])
    run_due()

    (mail,) = office.taken
    assert office.receivers[-1] == ["zhang@city.example"]
    assert mail["To"] == "zhang@city.example"
    assert str(mail["Subject"]) == "[一网] QJ-2026-000001 请假：请您办理"
    assert "https://node.example/cases/x:1/" in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(mail["Date"]).replace(tzinfo=UTC) == NOON


@pytest.mark.parametrize(
    "before",
    ["no address", "not confirmed", "not chosen", "other kind", "stopped", "forgotten", "locked"],
)
def test_nobody_gets_a_mail_who_did_not_ask_for_it(people, office, before):
    zhang = people["zhang.san"]
    if before == "not confirmed":
        services.ask_address(zhang, "zhang@city.example", language="en")
        run_due()
        office.taken.clear()
    elif before != "no address":
        give_address(zhang, office)
    if before != "not chosen":
        choose(zhang, kind="workflow.ended" if before == "other kind" else "workflow.asked")
    if before == "stopped":
        services.stop_mails(sign_stop(zhang.id, "workflow.asked"), all_kinds=True)
    if before == "forgotten":
        services.drop_address(zhang)
    if before == "locked":
        identity.lock_account(SYSTEM, zhang.id, reason="离职")

    tell(zhang)
    run_due()

    assert office.taken == []
    assert not MailLine.objects.exists()
    assert services.count_unread(zhang) == (before != "locked")


@pytest.mark.parametrize("meanwhile", ["read", "unchosen", "stopped", "locked"])
def test_what_changed_before_it_was_sent_counts(people, office, meanwhile):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)
    tell(zhang)

    if meanwhile == "read":
        services.read_all(zhang)
    elif meanwhile == "unchosen":
        choose(zhang, mail="")
    elif meanwhile == "stopped":
        services.stop_mails(sign_stop(zhang.id, "workflow.asked"), all_kinds=True)
    else:
        identity.lock_account(SYSTEM, zhang.id, reason="离职")
    run_due()

    assert office.taken == []
    assert not MailLine.objects.exists()


def test_a_quiet_kind_does_not_count_at_the_bell_and_is_mailed_all_the_same(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    services.save_wishes(
        zhang, {"workflow.asked": Wish(quiet=True, mail="now")}, language="zh-hans"
    )

    tell(zhang)
    run_due()

    assert services.count_unread(zhang) == 0
    assert len(services.list_notices(zhang)) == 1
    assert len(office.taken) == 1


def test_a_password_reset_cannot_be_hushed(people):
    with pytest.raises(InvalidInput):
        services.save_wishes(
            people["zhang.san"], {"notify.security": Wish(quiet=True)}, language="en"
        )


def test_without_a_mail_server_nothing_is_queued(people, settings):
    settings.YIWANG_MAIL = {}
    NoticeWishes.objects.create(
        account_id=people["zhang.san"].id, address="a@b.example",
        kinds={"workflow.asked": {"mail": "now"}},
    )  # fmt: skip

    tell(people["zhang.san"])

    assert not MailLine.objects.exists()
    with pytest.raises(Conflict):
        services.ask_address(people["zhang.san"], "a@b.example", language="en")


# When.


def test_what_comes_together_goes_out_as_one_mail(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)
    for at in range(5):
        tell(zhang, number=f"QJ-{at}")

    run_due()

    (mail,) = office.taken
    assert "5" in str(mail["Subject"])
    assert all(f"QJ-{at} " in mail.get_content() for at in range(5))


def test_in_quiet_hours_mails_wait_for_their_end(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang, quiet_from=time(22, 0), quiet_until=time(7, 30))
    night = datetime(2026, 11, 24, 23, 0, tzinfo=CITY_ZONE)

    with use_time(night):
        tell(zhang)
        tell(zhang)
        run_due()
        assert office.taken == []
    with use_time(night + timedelta(hours=8, minutes=31)):
        run_due()

    assert len(office.taken) == 1


@given(st.times(), st.times(), st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))
def test_after_quiet_hours_it_is_not_quiet(start, end, moment):
    at = moment.replace(tzinfo=UTC)
    wishes = Wishes(quiet_from=start, quiet_until=end)
    if start == end:
        return

    ended = end_of_quiet(wishes, at)

    assert at <= ended <= at + timedelta(days=1)
    assert end_of_quiet(wishes, ended) == ended
    local = at.astimezone(CITY_ZONE).time()
    inside = start <= local < end if start < end else local >= start or local < end
    assert (ended > at) == inside


def test_a_digest_holds_the_unread_of_the_day(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang, "daily")
    tell(zhang, number="QJ-1")
    services.read_all(zhang)
    tell(zhang, number="QJ-2")
    tell(zhang, number="QJ-3")
    run_due()
    assert office.taken == []

    assert services.start_digests() == 1
    run_due()

    (text,) = office.texts
    assert ("QJ-1" in text, "QJ-2" in text, "QJ-3" in text) == (False, True, True)
    assert services.start_digests() == 0


# What it says.


def test_a_mail_says_number_and_title_and_nothing_else(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    services.save_wishes(
        zhang, {kind: Wish(mail="now") for kind in ("workflow.ended", "notify.other")},
        language="zh-hans",
    )  # fmt: skip

    tell(zhang, title="%(number)s %(case)s is done: %(secret)s", kind="workflow.ended")
    tell(zhang, title="%(secret)s", kind="notify.other")
    run_due()

    text = office.texts[0]
    assert "QJ-2026-000001 请假已办结" in text
    assert "其他消息" in text
    assert "440106" not in text + "".join(office.subjects)


def test_the_operator_may_let_it_say_all(people, office, settings):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)
    settings.YIWANG_MAIL = {**settings.YIWANG_MAIL, "whole_texts": True}

    tell(zhang, title="%(case)s: %(secret)s")
    run_due()

    assert "440106" in office.texts[0]


def test_it_is_in_the_language_of_its_reader(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    services.save_wishes(zhang, {"workflow.asked": Wish(mail="now")}, language="en")

    tell(zhang)
    run_due()

    assert str(office.taken[0]["Subject"]).endswith("QJ-2026-000001 请假: you are asked to act")


def test_every_brief_has_places_for_number_and_title_only():
    places = {
        place for kind in NOTICE_KINDS.values() for place in re.findall(r"%\((\w+)\)", kind.brief)
    }

    assert places <= {"number", "case"}


def test_every_notice_of_a_kind_with_a_brief_brings_its_places(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)
    with acting(SYSTEM, "test.tell", on=Ref("test", "1")) as act:
        services.notify(act, [zhang.id], "no places", kind="workflow.asked")
    run_due()

    assert "有任务交我办理" in office.texts[0]


HOSTILE = ["x\r\nBcc: evil@example.com\r\n\r\nbody", "x\u2028Bcc: a@b", "\u202egnp.exe", "a" * 900]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_cannot_write_headers(people, office, title):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)

    tell(zhang, case=title)
    run_due()

    (mail,) = office.taken
    assert office.receivers[-1] == ["zhang@city.example"]
    assert "Bcc" not in mail
    assert len(str(mail["Subject"])) <= 150
    head = office.raw[-1].partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert "\u202e" not in mail.get_content()


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_the_texts_a_mail_has_the_headers_it_is_given(subject, text):
    server = MailServer(host="h", sender="y@city.example")
    mail = write(server, "a@b.example", subject, text.replace("\r", ""), "n:1")

    shown = mail.as_bytes()
    names = [
        line.partition(b":")[0]
        for line in shown.partition(b"\r\n\r\n")[0].split(b"\r\n")
        if line[:1] not in b" \t"
    ]
    assert sorted(set(names)) == sorted(names)
    assert b"Bcc" not in names
    assert clean(subject) == clean(clean(subject))


# The address.


def test_a_wrong_code_confirms_nothing_and_after_five_the_right_one_does_not_either(people, office):
    zhang = people["zhang.san"]
    services.ask_address(zhang, "zhang@city.example", language="en")
    run_due()
    code = read_code(office)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        with pytest.raises(InvalidInput, match="not the code"):
            services.confirm_address(zhang, wrong)

    with pytest.raises(InvalidInput, match="counts no more"):
        services.confirm_address(zhang, code)
    assert services.get_wishes(zhang.id).address == ""


def test_a_code_lasts_an_hour_and_one_is_good_for_one_person(people, office):
    zhang, li = people["zhang.san"], people["li.si"]
    with use_time(NOON):
        for one in (zhang, li):
            services.ask_address(one, "zhang@city.example", language="en")
        run_due()
    codes = [re.search(r"\b\d{6}\b", text)[0] for text in office.texts]

    with use_time(NOON + timedelta(minutes=59)), pytest.raises(InvalidInput):
        services.confirm_address(li, codes[0] if codes[0] != codes[1] else "x")
    with (
        use_time(NOON + timedelta(minutes=61)),
        pytest.raises(InvalidInput, match="counts no more"),
    ):
        services.confirm_address(zhang, codes[0])


def test_nobody_fills_the_mailboxes_of_others(people, office):
    for _ in range(5):
        services.ask_address(people["zhang.san"], "victim@example.com", language="en")
    with pytest.raises(TooMany):
        services.ask_address(people["zhang.san"], "victim@example.com", language="en")


@pytest.mark.parametrize(
    "address",
    ["", "zhang", "a@b", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example",
     "<a@b.example>", "张@b.example", "a@b.example\0", "a b@c.example", "x" * 300 + "@b.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(people, office, address):
    with pytest.raises(InvalidInput):
        services.ask_address(people["zhang.san"], address, language="en")


def test_the_ledger_knows_neither_address_nor_code(people, office):
    give_address(people["zhang.san"], office)

    assert "zhang@city.example" not in str(list(ActRow.objects.values()))
    assert "zhang@city.example" not in str(list(Job.objects.values()))


# What goes wrong.


def test_a_server_that_is_away_is_tried_again(people, office, settings):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)
    there = settings.YIWANG_MAIL
    settings.YIWANG_MAIL = {**there, "port": 1}
    with use_time(NOON):
        tell(zhang)
        run_due()
        assert Job.objects.filter(kind="notify.mail", state="queued", attempts=1).exists()
    settings.YIWANG_MAIL = there

    run_until_still()

    assert len(office.taken) == 1
    assert MailLine.objects.exclude(sent_at=None).count() == 1


@pytest.mark.parametrize("answer", ["451 later", "421 busy"])
def test_a_server_that_says_later_is_asked_later_with_the_same_id(people, office, answer):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)
    office.answer = answer
    with use_time(NOON):
        tell(zhang)
        run_due()
    office.answer = ""

    run_until_still()

    (mail,) = office.taken
    job = Job.objects.get(kind="notify.mail")
    assert mail["Message-ID"] == f"<{job.pk.replace(':', '.')}@city.example>"


def test_a_mail_that_will_never_be_taken_is_a_dead_letter_that_all_can_see(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office, "nobody@city.example")
    choose(zhang)
    office.answer = "550 no such user"
    tell(zhang)
    run_due()

    (line,) = services.list_failed_mails(people["op"])
    assert line.failure == "notify.mail.recipient"
    assert services.get_wishes(zhang.id).failure == "notify.mail.recipient"
    assert "notify.mail.recipient" in sign_in("zhang.san").get("/notify/wishes/").content.decode()
    assert "notify.mail.recipient" in sign_in("op").get("/notify/mail/").content.decode()
    with pytest.raises(NotPermitted):
        services.list_failed_mails(zhang)

    office.answer = ""
    tell(zhang)
    run_due()
    assert services.get_wishes(zhang.id).failure == ""


def test_after_an_hour_of_trying_it_is_given_up(people, office, settings):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)
    settings.YIWANG_MAIL = {**settings.YIWANG_MAIL, "port": 1}
    with use_time(NOON):
        tell(zhang)
    run_until_still()

    job = Job.objects.get(kind="notify.mail")
    assert (job.state, job.attempts) == ("dead", 12)
    assert MailLine.objects.get().failure == "notify.mail.server"


def test_a_mail_that_dies_with_its_act_never_was(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)
    with pytest.raises(RuntimeError), acting(SYSTEM, "test.tell", on=Ref("test", "1")) as act:
        services.notify(act, [zhang.id], ASKED, kind="workflow.asked", number="1", case="x")
        raise RuntimeError
    run_due()

    assert office.taken == []
    assert not Notice.objects.exists()


def test_a_job_that_died_after_taking_lines_sends_them_when_run_again(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)
    tell(zhang)
    job = Job.objects.get(kind="notify.mail", state="queued")
    MailLine.objects.update(job_id=job.pk)

    run_due()

    assert len(office.taken) == 1


# The server.


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mails_go_over_tls_with_a_password(people, tmp_path, settings, security):
    with open_post_office(tmp_path, security) as office:
        settings.YIWANG_MAIL = {
            "host": "localhost", "port": office.port, "security": security, "ca": office.ca,
            "sender": "Yiwang <yiwang@city.example>", "user": USER, "password": MAIL_PASSWORD,
        }  # fmt: skip
        services.send_test_mail(people["op"], "op@city.example")
        assert office.receivers == [["op@city.example"]]

        settings.YIWANG_MAIL = {**settings.YIWANG_MAIL, "password": "wrong"}
        with pytest.raises(Unavailable, match="refuses user name"):
            services.send_test_mail(people["op"], "op@city.example")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_is_not_trusted_gets_no_mail(people, tmp_path, settings, security):
    with open_post_office(tmp_path, security) as office:
        settings.YIWANG_MAIL = {
            "host": "localhost", "port": office.port, "security": security,
            "sender": "yiwang@city.example", "user": USER, "password": MAIL_PASSWORD,
        }  # fmt: skip
        with pytest.raises(Unavailable, match="not trusted"):
            services.send_test_mail(people["op"], "op@city.example")
        assert office.taken == []


def test_without_tls_where_it_is_wanted_nothing_is_sent(people, office, settings):
    settings.YIWANG_MAIL = {**settings.YIWANG_MAIL, "security": "starttls"}

    with pytest.raises(Unavailable, match="no TLS"):
        services.send_test_mail(people["op"], "op@city.example")
    assert office.taken == []


@pytest.mark.parametrize(
    "told",
    [
        {"host": "m"}, {"sender": "a@b"}, {"host": "m", "sender": "nobody"},
        {"host": "m", "sender": "a@b", "securty": "tls"},
        {"host": "m", "sender": "a@b", "security": "ssl"},
        {"host": "m", "sender": "a@b", "port": "25"},
        {"host": "m", "sender": "a@b", "security": "none", "user": "u"},
        {"host": "m", "sender": "a@b\r\nBcc: c@d"},
        {"host": "m", "sender": "a@b", "site": "javascript:alert(1)"},
    ],
)  # fmt: skip
def test_a_slip_in_the_settings_stops_the_start(told):
    with pytest.raises(ImproperlyConfigured, match="mail"):
        read_mail_server(told)


def test_only_who_looks_after_mails_sends_a_test(people, office):
    with pytest.raises(NotPermitted):
        services.send_test_mail(people["zhang.san"], "a@b.example")
    page = sign_in("op")

    answer = page.post("/notify/mail/", {"address": "op@city.example"}, follow=True)

    assert "邮件服务器已接收测试邮件" in answer.content.decode()
    office.answer = "550 no"
    assert page.post("/notify/mail/", {"address": "op@city.example"}).status_code == 422
    assert sign_in("zhang.san").get("/notify/mail/").status_code == 403


# Pages.


def test_my_notices_from_address_to_choice(people, office):
    client = sign_in("zhang.san")
    client.post("/notify/wishes/address/", {"address": "zhang@city.example"})
    run_due()
    assert client.post("/notify/wishes/address/confirm/", {"code": "x"}).status_code == 422
    client.post("/notify/wishes/address/confirm/", {"code": read_code(office)})
    page = client.get("/notify/wishes/").content.decode()
    assert "zhang@city.example" in page

    answer = client.post(
        "/notify/wishes/",
        {"language": "en", "mail:workflow.asked": "daily", "bell:workflow.asked": "on",
         "quiet_from": "22:00", "quiet_until": "07:00"},
    )  # fmt: skip

    assert answer.status_code == 302
    found = services.get_wishes(people["zhang.san"].id)
    assert found.of("workflow.asked") == Wish(quiet=False, mail="daily")
    assert found.of("workflow.due") == Wish(quiet=True)
    assert found.of("notify.security") == Wish()
    assert (found.quiet_from, found.language) == (time(22, 0), "en")
    assert (
        client.post("/notify/wishes/", {"language": "en", "quiet_from": "22:00"}).status_code == 422
    )


def test_a_mail_can_be_stopped_without_signing_in(people, office):
    zhang = people["zhang.san"]
    give_address(zhang, office)
    choose(zhang)
    tell(zhang)
    run_due()
    link = str(office.taken[0]["List-Unsubscribe"]).strip("<>").removeprefix("https://node.example")
    stranger = Client(enforce_csrf_checks=True)

    assert stranger.get(link).status_code == 200
    assert services.get_wishes(zhang.id).stopped_at is None
    answer = stranger.post(link, {"only": "kind"})
    assert answer.status_code == 200
    assert services.get_wishes(zhang.id).of("workflow.asked").mail == ""
    # RFC 8058: what mail programs send.
    stranger.post(
        link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert services.get_wishes(zhang.id).stopped_at is not None
    assert office.taken[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    sign_in("zhang.san").post("/notify/wishes/resume/")
    assert services.get_wishes(zhang.id).stopped_at is None


@pytest.mark.parametrize("token", ["x", "a:b:c", "cut", "%2e%2e"])
def test_a_link_that_nobody_signed_stops_nothing(people, token):
    token = sign_stop("n", "k")[:-1] if token == "cut" else token
    assert Client().post(f"/notify/stop/{token}/").status_code == 404
