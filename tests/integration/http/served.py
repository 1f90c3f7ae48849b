"""`python -m tests.integration.http.served SERVICE…`: serves the services named, as the environment says."""

from __future__ import annotations

import os
import sys

from services.chassis.http.serving import serve
from services.chassis.http.settings import read_http_settings
from services.chassis.settings import SettingsError
from services.house.settings import read_settings


def main(names: list[str]) -> int:
    """Serves; says what is wrong with the settings where it cannot."""
    if not names:
        sys.stderr.write("请指明服务 / name at least one service: registry, risk, visits, notify\n")
        return 2
    try:
        serve(names, read_settings(os.environ), read_http_settings(os.environ))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
