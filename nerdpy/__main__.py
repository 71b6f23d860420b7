"""`python -m nerdpy` and the `nerdpy` script: the version at once, everything else by `cli/main.py`."""

import sys


def main() -> None:
    """Answer `--version` before anything is imported; scripts ask it often."""
    if sys.argv[1:] in (["--version"], ["-v"]):
        from nerdpy import __version__

        sys.stdout.write(f"nerdpy version {__version__}\n")
        return
    from nerdpy.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
