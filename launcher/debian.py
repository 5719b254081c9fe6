"""Debian's packages, installed only where we are root and apt is there."""

import os
import shutil
import subprocess


def may_install() -> bool:
    """Tell whether this account can install packages here."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def installed(*packages: str) -> bool:
    """Install packages and what they need, nothing they recommend; tells whether it worked."""
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update"], env=variables, capture_output=True, check=False)
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    return subprocess.run(install, env=variables, capture_output=True, check=False).returncode == 0
