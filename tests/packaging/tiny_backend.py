"""A build backend of thirty lines: projects that have it in their tree need nothing from any index."""

TINY_BACKEND = """
import io, os, tarfile, zipfile

NAME, VERSION, REQUIRES = "own", "3.0", ()


def _files(folder="."):
    for at, _, names in os.walk(folder):
        for name in sorted(names):
            yield os.path.relpath(os.path.join(at, name), folder)


def _metadata():
    lines = ["Metadata-Version: 2.1", "Name: " + NAME, "Version: " + VERSION]
    return "\\n".join(lines + ["Requires-Dist: " + name for name in REQUIRES]) + "\\n"


def build_sdist(folder, config_settings=None):
    name = NAME + "-" + VERSION
    with tarfile.open(os.path.join(folder, name + ".tar.gz"), "w:gz") as tar:
        for path in _files():
            tar.add(path, name + "/" + path)
        member = tarfile.TarInfo(name + "/PKG-INFO")
        text = (_metadata() + "Summary: by " + os.environ.get("USER", "nobody")).encode()
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    return name + ".tar.gz"


def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = NAME + "-" + VERSION + "-py3-none-any.whl"
    info = NAME + "-" + VERSION + ".dist-info/"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path in _files():
            if path.startswith(("trainer/", "toy.py")):
                wheel.write(path)
        wheel.writestr(info + "METADATA", _metadata())
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""

TINY_PYPROJECT = """
[build-system]
requires = {requires}
build-backend = "tiny"
backend-path = ["tools"]
"""


def tiny(requires="[]", more=""):
    """The files that make a project build itself."""
    return {"pyproject.toml": TINY_PYPROJECT.format(requires=requires), "tools/tiny.py": TINY_BACKEND + more}
