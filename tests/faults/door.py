"""The fleet's HTTP, as a phone comes to it."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

ANSWER_SECONDS = 12.0
RETRY_SECONDS = 0.2
TAKES = {200, 201}


@dataclass(frozen=True)
class Door:
    """Where the fleet's HTTP is; a connection a request, as phones in the hills have them."""

    port: int
    token: str

    def call(
        self, method: str, path: str, body: Any, *, key: str = "", seconds: float = ANSWER_SECONDS
    ) -> tuple[int, dict[str, Any]]:
        """The answer; 0 where nobody answered in time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request(method, path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            connection.close()
