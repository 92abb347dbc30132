"""Reads what is to be copied, as JSON: read.py FILE.

{"steps": [{"id", "run", "env"}], "workflow": the text of a workflow with the same steps}
"""
import json
import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    document = yaml.safe_load(file)

if "runs" in document:
    # The linter knows workflows only: one with the action's inputs and steps.
    steps = document["runs"]["steps"]
    inputs = {name: {"type": "string", "default": one["default"]} for name, one in document["inputs"].items()}
    workflow = {
        "on": {"workflow_call": {"inputs": inputs}},
        "jobs": {"action": {"runs-on": "ubuntu-latest", "steps": steps}},
    }
elif "jobs" in document:
    (job,) = document["jobs"].values()
    steps, workflow = job["steps"], None
else:
    steps = [{"run": "\n".join(job["script"])} for job in document.values()]
    workflow = None

with open(sys.argv[1], encoding="utf-8") as file:
    text = yaml.safe_dump(workflow, sort_keys=False) if workflow else file.read()
keys = ("id", "run", "env")
json.dump({"steps": [{key: step.get(key) for key in keys} for step in steps], "workflow": text}, sys.stdout)
