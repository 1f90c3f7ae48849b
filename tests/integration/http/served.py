"""`python -m tests.integration.http.served SERVICE…`: serves the services named, each on its embedded log."""

import os
import sys

from services.chassis.http.serving import serve
from services.chassis.http.settings import read_http_settings
from services.chassis.settings import SettingsError
from services.house.house import blueprints
from services.house.settings import read_settings


def main(names: list[str]) -> int:
    """Serves; says what is wrong with the settings where it cannot."""
    try:
        settings = read_settings(os.environ)
        wanted = [one for one in blueprints(settings) if one.name in names]
        serve(wanted, settings, read_http_settings(os.environ))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
