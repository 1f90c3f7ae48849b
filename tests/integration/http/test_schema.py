"""What OpenAPI describes, tried with made-up requests: no answer is an error of ours, each is as described."""

from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.http.process import AUTH, serving
from tests.unit.http.village import peopled

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def explore(operation, mode: schemathesis.GenerationMode) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=20,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    def try_it(case: schemathesis.Case) -> None:
        case.headers = {**(case.headers or {}), **AUTH}
        case.call_and_validate(checks=CHECKS)

    try_it()


def test_nothing_that_is_sent_is_an_error_of_ours(tmp_path: Path):
    peopled(tmp_path, 5)
    with serving(tmp_path, "registry", "risk", "visits", "notify") as process:
        schema = schemathesis.openapi.from_url(f"{process.url}/openapi.json")
        operations = [one.ok() for one in schema.get_all_operations()]
        assert len(operations) > 20
        for operation in operations:
            explore(operation, schemathesis.GenerationMode.POSITIVE)
            if operation.body:
                explore(operation, schemathesis.GenerationMode.NEGATIVE)
        assert process.stop() == 0
        assert '"event": "error"' not in process.log.read_text()
