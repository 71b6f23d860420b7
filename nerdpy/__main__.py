"""`python -m nerdpy` and the `nerdpy` script: the version at once, everything else by `cli/main.py`."""

import sys


def main() -> None:
    """Answer `--version` before anything is imported; scripts ask it often."""
    if sys.argv[1:] in (["--version"], ["-v"]):
        from nerdpy.cli.version import version_line

        sys.stdout.write(version_line())
        return
    from nerdpy.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
