"""A made register of schools of any size, in the form of the national one, where no public file is at hand.

The same number of schools and the same seed give the same bytes. Nobody and nowhere in it exists.
"""

import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from casework.register_file import REGISTER

DEMO_REGISTER = Path(__file__).parents[1] / "demo" / "register.csv"
FIRST_URN = 500001
# Roughly as in the national list of November 2019: how many schools of each hundred.
TYPES = {
    ("01", "Community school", "Primary"): 34,
    ("34", "Academy converter", "Primary"): 24,
    ("02", "Voluntary aided school", "Primary"): 13,
    ("28", "Academy sponsor led", "Secondary"): 10,
    ("03", "Voluntary controlled school", "Primary"): 8,
    ("11", "Other independent school", "All-through"): 6,
    ("05", "Foundation school", "Secondary"): 3,
    ("07", "Community special school", "Not applicable"): 2,
}
RATINGS = {"Good": 60, "Outstanding": 15, "Requires improvement": 11, "Inadequate": 4, "": 10}
# What the published extract says of most schools: the width of a row decides how long reading takes.
COMMON = {
    "EstablishmentTypeGroup (code)": "4",
    "EstablishmentTypeGroup (name)": "Local authority maintained schools",
    "ReasonEstablishmentOpened (code)": "00",
    "ReasonEstablishmentOpened (name)": "Not applicable",
    "ReasonEstablishmentClosed (code)": "00",
    "ReasonEstablishmentClosed (name)": "Not applicable",
    "Boarders (name)": "No boarders",
    "NurseryProvision (name)": "Has Nursery Classes",
    "OfficialSixthForm (name)": "Does not have a sixth form",
    "Gender (name)": "Mixed",
    "ReligiousCharacter (name)": "Does not apply",
    "ReligiousEthos (name)": "Does not apply",
    "Diocese (name)": "Not applicable",
    "AdmissionsPolicy (name)": "Not applicable",
    "SpecialClasses (name)": "No Special Classes",
    "CensusDate": "18-01-2018",
    "TrustSchoolFlag (name)": "Not applicable",
    "SchoolSponsorFlag (name)": "Not applicable",
    "FederationFlag (name)": "Not under a federation",
    "FurtherEducationType (name)": "Not applicable",
    "OfstedSpecialMeasures (name)": "Not applicable",
    "LastChangedDate": "12-09-2018",
    "SchoolWebsite": "http://www.school.example.org/",
    "TelephoneNum": "01632960000",
    "TeenMoth (name)": "Not applicable",
    "CCF (name)": "Not applicable",
    "SENPRU (name)": "Not applicable",
    "EBD (name)": "Not applicable",
    "FTProv (name)": "Not applicable",
    "EdByOther (name)": "Not applicable",
    "Section41Approved (name)": "Not applicable",
    "GOR (name)": "East of England",
    "DistrictAdministrative (name)": "Fenshire",
    "AdministrativeWard (name)": "Aldermere and the Lodes",
    "ParliamentaryConstituency (name)": "North Fenshire",
    "UrbanRural (name)": "(England/Wales) Rural village",
    "Easting": "500000",
    "Northing": "300000",
}
PLACES = (
    "Aldermere",
    "Brackwater",
    "Cotterleigh",
    "Dunmarsh",
    "Gallowfleet",
    "Harrowmere",
    "Ivelmere",
    "Velmarsh",
)
KINDS = ("Primary School", "Junior School", "St Guthlac’s School", "Infant & Nursery School", "High School")
SURNAMES = ("Okafor", "Zielinski", "Garrod", "Haddad", "O’Hara", "Dubois", "Llewellyn", "Iqbal")


def write_register(path: str | Path, schools: int, seed: int) -> None:
    """Write `schools` rows of authority 999, in Windows-1252 and quoted, like the published extract."""
    _write(path, _rows(schools, random.Random(seed)))


def write_national_register(path: str | Path, schools: int, seed: int) -> None:
    """Write `schools` rows of 150 authorities, as long as those of the whole national extract."""
    read = {name for names in REGISTER.columns.values() for name in names}
    filled = dict.fromkeys([name for name in _columns() if name not in read][::3], "Does not apply")
    rows = enumerate(_rows(schools, random.Random(seed)))
    _write(path, (filled | row | {"LA (code)": str(201 + number % 150)} for number, row in rows))


def _write(path: str | Path, rows: Iterator[dict[str, str]]) -> None:
    with Path(path).open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, _columns(), restval="", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)


def _columns() -> list[str]:
    with DEMO_REGISTER.open(encoding="cp1252", newline="") as file:
        return next(csv.reader(file))


def _rows(schools: int, chance: random.Random) -> Iterator[dict[str, str]]:
    for number in range(schools):
        yield COMMON | _identity(number, chance) | _place_and_head(chance) | _inspection(chance)


def _identity(number: int, chance: random.Random) -> dict[str, str]:
    [(code, kind, phase)] = chance.choices(list(TYPES), list(TYPES.values()))
    return {
        "URN": str(FIRST_URN + number),
        "LA (code)": "999",
        "LA (name)": "Fenshire",
        "EstablishmentNumber": str(2000 + number % 7000),
        "EstablishmentName": f"{chance.choice(PLACES)} {chance.choice(KINDS)} {number + 1}",
        "TypeOfEstablishment (code)": code,
        "TypeOfEstablishment (name)": kind,
        "EstablishmentStatus (code)": "1",
        "EstablishmentStatus (name)": "Open",
        "OpenDate": "01-01-1900",
        "PhaseOfEducation (name)": phase,
        "StatutoryLowAge": "4",
        "StatutoryHighAge": "11",
        "NumberOfPupils": str(chance.randrange(40, 1400)),
    }


def _place_and_head(chance: random.Random) -> dict[str, str]:
    return {
        "Street": f"{chance.randrange(1, 99)} School Lane",
        "Locality": chance.choice(PLACES),
        "Town": chance.choice(PLACES),
        "County (name)": "Fenshire",
        "Postcode": f"ZZ{chance.randrange(1, 99)} {chance.randrange(1, 9)}AB",
        "HeadTitle (name)": chance.choice(("Mrs", "Mr", "Ms", "Dr")),
        "HeadFirstName": chance.choice(("Amara", "Owen", "Chloë", "Leila")),
        "HeadLastName": chance.choice(SURNAMES),
        "HeadPreferredJobTitle": "Headteacher",
    }


def _inspection(chance: random.Random) -> dict[str, str]:
    [rating] = chance.choices(list(RATINGS), list(RATINGS.values()))
    day = f"{chance.randrange(1, 29):02}-{chance.randrange(1, 13):02}-{chance.randrange(2014, 2025)}"
    return {"OfstedRating (name)": rating, "OfstedLastInsp": day if rating else ""}


if __name__ == "__main__":
    target, count = Path(sys.argv[1]), int(sys.argv[2])
    write_register(target, count, seed=26913)
    print(f"{target}: {count} schools")
