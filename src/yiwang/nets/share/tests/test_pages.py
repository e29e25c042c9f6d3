import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.kernel.jobs import services as jobs
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect.models import Delivery

PEOPLE = "姓名,身份证号码\n张小云,110101199003074514\n"


@pytest.fixture
def landed(steward, send):
    [delivery] = send(steward, PEOPLE, name="低保.csv")
    return delivery


def test_every_page_of_an_entry_opens_for_its_steward(client_of, steward, landed):
    client = client_of(steward)

    for part in ("", "edit/", "items/", "unmask/", "rows/", "profile/"):
        response = client.get(f"/catalog/{landed.resource}/{part}")
        assert response.status_code == 200, part
        assert "110101199003074514" not in response.content.decode()


def test_every_page_of_a_delivery_opens_for_its_steward(client_of, steward, landed):
    client = client_of(steward)

    for path in ("", "send/", f"{landed.id}/", f"{landed.id}/differences/"):
        assert client.get(f"/deliveries/{path}").status_code == 200


def test_pages_of_an_entry_do_not_exist_for_another_department(client_of, person, landed):
    client = client_of(person("steward", "D02"))

    for part in ("", "edit/", "items/", "unmask/", "rows/", "profile/", "export/"):
        assert client.get(f"/catalog/{landed.resource}/{part}").status_code == 404
    assert client.get(f"/deliveries/{landed.id}/").status_code == 404


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor"])
def test_administrators_open_no_page_of_business_data(client_of, person, landed, role):
    client = client_of(person(role, "B01"))

    for path in ("/catalog/", f"/catalog/{landed.resource}/rows/", "/deliveries/"):
        assert client.get(path).status_code == 403


def test_files_sent_in_the_browser_land_through_the_worker(client_of, steward):
    files = [SimpleUploadedFile(f"表{n}.csv", PEOPLE.encode()) for n in range(3)]
    response = client_of(steward).post(
        "/deliveries/send/",
        {"uploads": files, "owner": "D01", "kind": "full", "name": "", "key": ""},
    )
    jobs.run_due(10)

    assert response.status_code == 302
    assert set(Delivery.objects.values_list("state", flat=True)) == {"landed"}
    page = client_of(steward).get(response.url).content.decode()
    assert "表0.csv" in page


def test_a_form_without_files_says_so(client_of, steward):
    response = client_of(steward).post("/deliveries/send/", {"owner": "D01", "kind": "full"})

    assert response.status_code == 422


def test_a_steward_cannot_choose_another_department(client_of, steward):
    files = [SimpleUploadedFile("表.csv", PEOPLE.encode())]
    response = client_of(steward).post(
        "/deliveries/send/", {"uploads": files, "owner": "D02", "kind": "full"}
    )

    assert response.status_code == 422
    assert not Delivery.objects.exists()


def test_unmasking_through_the_page_shows_the_number_and_masks_again(client_of, steward, landed):
    client = client_of(steward)
    rows = f"/catalog/{landed.resource}/rows/"
    client.post(f"/catalog/{landed.resource}/unmask/", {"purpose": "核对低保对象"})
    assert "110101199003074514" in client.get(rows).content.decode()

    client.post(f"/catalog/{landed.resource}/unmask/", {"end": "1"})
    assert "110101199003074514" not in client.get(rows).content.decode()


def test_a_filter_that_cannot_be_read_says_where(client_of, steward, landed):
    response = client_of(steward).get(f"/catalog/{landed.resource}/rows/", {"filter": "姓名 ="})

    assert response.status_code == 422


def test_a_filter_on_a_masked_column_is_refused(client_of, steward, landed):
    response = client_of(steward).get(
        f"/catalog/{landed.resource}/rows/", {"filter": "\"姓名\" = '张小云'"}
    )

    assert response.status_code == 403


def test_downloads_are_masked_and_named(client_of, steward, landed):
    response = client_of(steward).get(f"/catalog/{landed.resource}/export/", {"format": "csv"})

    body = b"".join(response.streaming_content)
    assert "attachment" in response.headers["Content-Disposition"]
    assert b"110101199003074514" not in body
    assert body.startswith(b"\xef\xbb\xbf")


def test_the_list_finds_by_words_of_the_abstract(client_of, engineer, landed):
    catalog.update_resource(engineer, landed.resource, abstract="城乡居民最低生活保障对象")

    found = client_of(engineer).get("/catalog/", {"q": "最低生活保障"}).content.decode()
    missed = client_of(engineer).get("/catalog/", {"q": "危化品"}).content.decode()

    assert landed.resource in found
    assert landed.resource not in missed


def test_withdraw_and_purge_through_pages(client_of, engineer, landed):
    client = client_of(engineer)

    missing = client.post(f"/deliveries/{landed.id}/withdraw/", {"reason": ""})
    client.post(f"/deliveries/{landed.id}/withdraw/", {"reason": "错"})
    assert missing.status_code == 422
    assert Delivery.objects.get(id=landed.id).state == "withdrawn"

    client.post(f"/deliveries/{landed.id}/purge/", {"reason": "错"})
    assert Delivery.objects.get(id=landed.id).state == "purged"


def test_the_api_sends_lands_reads_and_takes_back(client_of, engineer):
    client = client_of(engineer)
    csrf = client.get("/home/").cookies
    headers = {"HTTP_X_CSRFTOKEN": csrf["csrftoken"].value} if "csrftoken" in csrf else {}
    file = io.BytesIO(PEOPLE.encode())
    file.name = "低保.csv"
    sent = client.post("/api/v1/deliveries/", {"owner": "D01", "file": file}, **headers)
    jobs.run_due(10)

    assert sent.status_code == 202, sent.content
    delivery = client.get(f"/api/v1/deliveries/{sent.json()['id']}").json()
    assert delivery["state"] == "landed"
    rows = client.get(f"/api/v1/catalog/resources/{delivery['resource']}/rows").json()
    assert rows["masked"] == ["姓名", "身份证号码"]
    assert "110101199003074514" not in json.dumps(rows)
    taken = client.post(
        f"/api/v1/deliveries/{delivery['id']}/withdraw",
        {"reason": "错"},
        content_type="application/json",
        **headers,
    )
    assert taken.json()["state"] == "withdrawn"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_the_api_exports_masked_files(client_of, steward, person, landed, ending):
    address = f"/api/v1/catalog/resources/{landed.resource}/export?format={ending}"
    answer = client_of(steward).get(address)
    refused = client_of(person("steward", "D02")).get(address)

    assert answer.status_code == 200
    assert b"110101199003074514" not in b"".join(answer.streaming_content)
    assert refused.status_code == 404
