"""What OpenAPI describes, tried with made-up requests: no answer is an error of ours, each is as described.

Eight requests a way of asking; `make fuzz` sends a hundred.
"""

import json
from pathlib import Path

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.kernel.texts import HAN
from tests.fuzz.hostile import IS_WHOLE
from tests.integration.http.process import AUTH, serving
from tests.unit.http.village import peopled

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 100 if IS_WHOLE else 8
A_FEW = "〇一-十㐀\U00020000"
"""Stands for all of Han: hypothesis makes a set of every character of a class, anew for every field."""


def described(url: str) -> dict:
    text = json.dumps(httpx.get(f"{url}/openapi.json").json(), ensure_ascii=False)
    assert HAN in text
    return json.loads(text.replace(HAN, A_FEW))


def explore(operation, mode: schemathesis.GenerationMode, url: str) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    def try_it(case: schemathesis.Case) -> None:
        case.headers = {**(case.headers or {}), **AUTH}
        case.call_and_validate(base_url=url, checks=CHECKS)

    try_it()


def test_nothing_that_is_sent_is_an_error_of_ours(tmp_path: Path):
    peopled(tmp_path, 5)
    with serving(tmp_path, "registry", "risk", "visits", "notify") as process:
        schema = schemathesis.openapi.from_dict(described(process.url))
        operations = [one.ok() for one in schema.get_all_operations()]
        assert len(operations) > 20
        for operation in operations:
            explore(operation, schemathesis.GenerationMode.POSITIVE, process.url)
            if operation.body:
                explore(operation, schemathesis.GenerationMode.NEGATIVE, process.url)
        assert process.stop() == 0
        assert '"event": "error"' not in process.log.read_text()
