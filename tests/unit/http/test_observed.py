"""Requests are counted by route, whatever path was asked for."""

from litestar import Litestar, Request, get
from litestar.testing import TestClient

from services.chassis.http.observed import Observed
from services.chassis.metrics.registry import Metrics


@get("/elders/{elder:str}", name="GET /elders/{elder}")
async def elder(request: Request) -> str:
    return request.path_params["elder"]


def test_a_request_is_counted_by_its_route_and_never_by_its_path():
    metrics = Metrics()
    with TestClient(Observed(Litestar([elder], openapi_config=None), metrics)) as client:
        assert client.get("/elders/E-secret").status_code == 200
        assert client.get("/nowhere/E-secret").status_code == 404
    page = metrics.page().body.decode()
    assert "E-secret" not in page
    assert 'route="/elders/{elder}",status="200"' in page
    assert 'route="other",status="404"' in page
