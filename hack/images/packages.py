"""Programs of the distribution without installing them: `apt-get download` and `dpkg-deb --extract`."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from hack.setup.newer_suite import APT, choose, read_sources

SEARCH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


def unpacked(package: str, tree: Path) -> None:
    """Unpack a package of the machine's own release into `tree`."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "-qq", "download", package], cwd=folder, check=True, capture_output=True)
        for archive in Path(folder).glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", archive, tree], check=True)


def codename() -> str:
    """This machine's release (os-release(5))."""
    rows = (line.partition("=") for line in Path("/etc/os-release").read_text().splitlines())
    return {name: value.strip('"') for name, _, value in rows}.get("VERSION_CODENAME", "")


def debootstrap(tree: Path, packages: str, *, suite: str = "", script: Path | None = None) -> None:
    """Put a small system with these packages (separated by commas) into `tree`, from the machine's mirror; of
    its own release unless another `suite` is named, whose `script` debootstrap may not know."""
    own = codename()
    source = choose(read_sources(APT), own)
    if source is None:
        raise LookupError(f"no source of packages for {own} in {APT}")
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={packages}", suite or own, tree, source.uris,
         *([script] if script else [])],
        check=True,
        capture_output=True,
    )  # fmt: skip


def find_program(name: str, package: str, tree: Path) -> Path:
    """The program `name`: the installed one, else the package's, unpacked into `tree`."""
    if installed := shutil.which(name, path=":".join(SEARCH)):
        return Path(installed).resolve()
    return packaged_program(name, package, tree)


def packaged_program(name: str, package: str, tree: Path) -> Path:
    """The program `name` out of the package, unpacked into `tree`."""
    unpacked(package, tree)
    for folder in SEARCH:
        if (found := tree / folder.strip("/") / name).exists():
            return found
    raise FileNotFoundError(f"package {package} has no program {name}")


def libraries_of(program: Path, package: str, tree: Path) -> dict[str, Path]:
    """Where each shared library of `program` would be in an image -> where it is here.

    What the machine lacks comes from the libraries that `package` depends on.
    """
    found, missing = _ldd(program, tree)
    if missing:
        for library in _library_packages(package):
            unpacked(library, tree)
        found, missing = _ldd(program, tree)
    if missing:
        raise FileNotFoundError(f"{program.name} wants {', '.join(missing)}, which {package} does not bring")
    return found


def _ldd(program: Path, tree: Path) -> tuple[dict[str, Path], list[str]]:
    folders = sorted({str(path.parent) for path in tree.rglob("*.so*")})
    listing = subprocess.run(
        ["ldd", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": ":".join(SEARCH), "LD_LIBRARY_PATH": ":".join(folders)},
    ).stdout
    missing = re.findall(r"^\s*(\S+) => not found", listing, re.MULTILINE)
    paths = re.findall(r"(?:=> |^\s*)(/\S+) \(0x", listing, re.MULTILINE)
    return {"/" + path.removeprefix(str(tree)).strip("/"): Path(path) for path in paths}, missing


def _library_packages(package: str) -> list[str]:
    listing = subprocess.run(
        ["apt-cache", "depends", "--no-recommends", "--no-suggests", "--no-conflicts", package],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return re.findall(r"^\s*\|?Depends: (lib\S+)$", listing, re.MULTILINE)
