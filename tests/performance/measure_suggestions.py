"""How often the suggested element is the right one, on columns nobody made for it. 数据元推荐准确率。

`python -m tests.performance.measure_suggestions [--apart] [FOLDER]`: two labelled sets (see
`columns.py`; the one kept apart only where asked for), the sample city, and public registers in
FOLDER; each of their columns below is labelled by hand with the element it truly holds (several where both would do, none where
no element fits). Precision: right ones among first suggestions. Recall: right ones among columns
that hold an element. Lists the wrong and the missed.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from .columns import read_labelled

# Labels: element, or elements divided by |; columns of a file that are not named hold none.
TRUTH = {
    "01-divisions/china-region/region.csv.gz": {
        "province": "province", "city": "city", "county": "county", "longitude": "longitude",
        "latitude": "latitude", "zipCode": "postcode",
    },
    "01-divisions/china-division/provinces.csv": {
        "code": "division_code|province", "name": "province|place_name",
    },
    "01-divisions/china-division/cities.csv": {
        "code": "division_code", "name": "city|place_name", "provinceCode": "province|division_code",
    },
    "01-divisions/china-division/areas.csv": {
        "code": "county_code|division_code", "name": "county|place_name",
        "cityCode": "city|division_code", "provinceCode": "province|division_code",
    },
    "01-divisions/china-division/streets.csv.gz": {
        "code": "town_code|division_code", "name": "town|place_name",
        "areaCode": "county_code|division_code", "cityCode": "city|division_code",
        "provinceCode": "province|division_code",
    },
    "01-divisions/china-division/villages.csv.gz": {
        "code": "village_code|division_code", "name": "village|place_name",
        "streetCode": "town_code|division_code", "areaCode": "county_code|division_code",
        "cityCode": "city|division_code", "provinceCode": "province|division_code",
    },
    "03-entity-resolution/cn-companies/entities.csv.gz": {
        "name_cn": "enterprise_name", "credit_code": "credit_code", "reg_region": "place_name|city|province",
        "reg_date": "date|established_date", "industry": "industry", "created_at": "create_time",
        "updated_at": "update_time", "status": "registration_status", "website": "website",
        "source": "data_source|event_source",
    },
    "03-entity-resolution/splink/fake_1000.csv": {
        "first_name": "person_name", "surname": "person_name", "dob": "birth_date", "city": "city",
        "email": "email",
    },
    "03-entity-resolution/febrl/dataset1.csv.gz": {
        "given_name": "person_name", "surname": "person_name", "date_of_birth": "birth_date",
        "address_1": "address", "address_2": "address", "postcode": "postcode", "state": "province",
        "street_number": "", "soc_sec_id": "social_security_number",
    },
    "04-requests/nyc311/311_Service_Requests.csv.gz": {
        "created_date": "create_time|datetime", "closed_date": "completion_time|datetime",
        "due_date": "datetime|date|end_date", "unique_key": "event_number",
        "complaint_type": "event_type", "descriptor": "event_description",
        "status": "case_status", "resolution_description": "case_result|event_description",
        "street_name": "road", "vehicle_type": "vehicle_type",
        "agency": "department_name", "agency_name": "department_name", "incident_zip": "postcode",
        "latitude": "latitude", "longitude": "longitude", "incident_address": "address",
        "city": "city", "resolution_action_updated_date": "update_time|datetime", "borough": "county",
    },
    "10-data-quality/hospital/clean.csv.gz": {
        "HospitalName": "hospital_name", "Address1": "address", "City": "city",
        "Address2": "address", "Address3": "address", "Condition": "diagnosis_name",
        "ProviderNumber": "medical_institution_code", "Score": "score",
        "ZipCode": "postcode", "CountyName": "county", "PhoneNumber": "phone",
        "State": "province",
    },
    "10-data-quality/physician/clean.csv.gz": {
        "Last Name": "person_name", "First Name": "person_name", "Gender": "sex",
        "Organization legal name": "enterprise_name", "Line 1 Street Address": "address",
        "City": "city", "State": "province", "Number of Group Practice members": "count",
        "Primary specialty": "occupation",
    },
    "10-data-quality/adult/clean.csv.gz": {
        "education": "education_level", "marital-status": "marital_status", "sex": "sex",
        "age": "age", "occupation": "occupation", "relationship": "family_relation",
    },
    "10-data-quality/beers/clean.csv.gz": {"brewery-name": "enterprise_name", "city": "city",
                                           "state": "province"},
    "05-sensors/nab/realTraffic/speed_6005.csv.gz": {"timestamp": "datetime"},
    "05-sensors/prsa/PRSA_Data_Tiantan_20130301-20170228.csv.gz": {
        "year": "year", "PM2.5": "pm25", "PM10": "pm10", "SO2": "so2", "NO2": "no2", "CO": "co",
        "O3": "o3", "TEMP": "temperature", "PRES": "air_pressure", "RAIN": "rainfall",
        "wd": "wind_direction", "WSPM": "wind_speed", "station": "station_name",
    },
    "05-sensors/river/water-flow.csv": {"Time": "datetime", "Water flow [l/s]": "water_flow"},
}  # fmt: skip
Result = tuple[str, str, str, str]


def read_columns(path: Path, rows: int = 300) -> dict[str, list[str]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        raw = file.read(2_000_000)
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig", errors="replace"))))[: rows + 1]
    columns = {heading.strip(): [] for heading in lines[0]}
    for line in lines[1:-1]:
        for heading, value in zip(columns, line, strict=False):
            columns[heading].append(value)
    return columns


def judge(folder: Path) -> list[Result]:
    from yiwang.kernel.standards.services import suggest_elements

    results = []
    for name, labels in TRUTH.items():
        for heading, values in read_columns(folder / name).items():
            found = suggest_elements(heading, values)
            results.append((name, heading, labels.get(heading, ""), found[0].code if found else ""))
    return results


def judge_sample() -> list[Result]:
    from yiwang.kernel.standards.services import suggest_elements
    from yiwang.site.sample.building import write_sample

    with tempfile.TemporaryDirectory() as folder:
        truths = write_sample(Path(folder), 1, 500)
        results = []
        for about in truths.files:
            if not about.file.endswith(".csv"):
                continue
            raw = (Path(folder) / about.file).read_bytes()
            try:
                text = raw.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = raw.decode("gb18030")
            rows = list(csv.DictReader(io.StringIO(text)))
            for heading in rows[0]:
                found = suggest_elements(heading, [row[heading] for row in rows])
                truth = about.elements.get(heading, "")
                results.append((about.file, heading, truth, found[0].code if found else ""))
    return results


def judge_labelled(name: str) -> None:
    """Top 1 and top 3 of a labelled set, and what a column costs. Lists what was not first.

    Of the right first ones, also how many would give rules before anybody confirms them.
    """
    from yiwang.kernel.standards.services import is_likely, suggest_elements

    columns = read_labelled(name)
    suggest_elements("warm up", [])
    began = time.process_time()
    found = [
        [one.code for one in suggest_elements(column.heading, column.values)] for column in columns
    ]
    spent = (time.process_time() - began) / len(columns) * 1000
    held = [(c, codes) for c, codes in zip(columns, found, strict=True) if c.elements]
    none = [codes for c, codes in zip(columns, found, strict=True) if not c.elements]
    right = [(c, codes[0]) for c, codes in held if c.elements & set(codes[:1])]
    first = len(right)
    ruled = sum(is_likely(c.heading, code, Counter(filter(None, c.values))) for c, code in right)
    among = sum(bool(c.elements & set(codes)) for c, codes in held)
    silent = sum(not codes for codes in none)
    sys.stdout.write(
        f"labelled, {name}: {len(held)} columns hold an element: top 1 {first / len(held):.1%},"
        f" top 3 {among / len(held):.1%}; {len(none)} hold none, nothing said of {silent};"
        f" {ruled} of the {first} right ones would give rules;"
        f" {spent:.2f} CPU-ms a column\n"
    )
    for column, codes in held:
        if not column.elements & set(codes[:1]):
            sys.stdout.write(f"  {column.heading}: {codes}, is {sorted(column.elements)}\n")


def report(title: str, results: list[Result]) -> None:
    def right(truth: str, found: str) -> bool:
        return found in truth.split("|")

    named = [one for one in results if one[3]]
    held = [one for one in results if one[2]]
    good = sum(right(truth, found) for _, _, truth, found in named)
    sys.stdout.write(
        f"{title}: {len(results)} columns, {len(held)} hold an element; precision"
        f" {good}/{len(named)} = {good / len(named):.3f}, recall {good}/{len(held)}"
        f" = {good / len(held):.3f}\n"
    )
    for file, heading, truth, found in results:
        if found and not right(truth, found):
            sys.stdout.write(
                f"  wrong   {Path(file).name}: {heading}: {found}, is {truth or '-'}\n"
            )
        elif truth and not found:
            sys.stdout.write(f"  missed  {Path(file).name}: {heading}: {truth}\n")


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "yiwang.site.settings"
    with tempfile.TemporaryDirectory() as home:
        os.environ["YIWANG_HOME"] = home
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        judge_labelled("seen")
        if "--apart" in sys.argv:
            judge_labelled("apart")
        report("sample city", judge_sample())
        folders = [one for one in sys.argv[1:] if not one.startswith("--")]
        if folders:
            report("public registers", judge(Path(folders[0])))


if __name__ == "__main__":
    main()
