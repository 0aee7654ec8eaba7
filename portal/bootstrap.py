"""Makes .venv and installs a requirements file into it: python3 portal/bootstrap.py requirements-demo.txt

Runs on a bare Python, so it imports nothing but the standard library.
"""

from __future__ import print_function

import hashlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
QUIET = ["--disable-pip-version-check", "--no-input", "-qq"]


def main(requirements):
    use_new_enough_python()
    import fcntl

    with open(os.path.join(HERE, ".venv.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once in one clone wait for each other
        wanted = digest(requirements)
        stamp = os.path.join(VENV, "installed-" + requirements)
        if works(PYTHON) and read(stamp) == wanted:
            return
        print("Installing what %s lists into .venv (once; about a minute)" % requirements, flush=True)
        if not works(PYTHON):
            make_environment()
        install(requirements)
        with open(stamp, "w") as file:
            file.write(wanted)


def use_new_enough_python():
    if sys.version_info >= (3, 11):
        return
    for name in NEWER:
        if works(name):
            os.execvp(name, [name] + sys.argv)
    sys.exit("The portal needs Python 3.11 or newer; this is %s.%s." % sys.version_info[:2])


def works(python):
    try:
        return (
            subprocess.call([python, "-c", "pass"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
        )
    except OSError:
        return False


def digest(requirements):
    with open(os.path.join(HERE, requirements), "rb") as file:
        return hashlib.sha256(file.read() + sys.version.encode()).hexdigest()


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def make_environment():
    """With pip where Python brings it; Debian keeps it in a package of its own."""
    import importlib.util

    clear = [sys.executable, "-m", "venv", "--clear"]
    if (
        importlib.util.find_spec("ensurepip")
        and subprocess.call(clear + [VENV], stderr=subprocess.DEVNULL) == 0
    ):
        return
    if not importlib.util.find_spec("venv") or subprocess.call(clear + ["--without-pip", VENV]):
        sys.exit(advice())


def ways_to_pip():
    """Commands that install into .venv, the first that works is taken."""
    import glob

    yield [PYTHON, "-m", "pip", "install"]
    yield [sys.executable, "-m", "pip", "--python", PYTHON, "install"]
    for wheel in sorted(glob.glob("/usr/share/python-wheels/pip-*.whl"), reverse=True):
        yield [PYTHON, wheel + "/pip", "install"]


def install(requirements):
    for command in ways_to_pip():
        asks = command[: command.index("install")] + ["--version"]
        if subprocess.call(asks, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            files = ["--require-hashes", "-r", os.path.join(HERE, requirements)]
            status = subprocess.call(command + QUIET + files)
            if status:
                sys.exit("Installing failed; pip's words stand above. Run the same command again to go on.")
            return
    sys.exit(advice())


def advice():
    return "Python can't make its environment here. Type: apt install python3-venv   and run the same command again."


if __name__ == "__main__":
    main(sys.argv[1])
