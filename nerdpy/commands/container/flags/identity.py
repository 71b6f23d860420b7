"""Flags for who the container is: name, hostname, labels, files that hold its id."""

import os
from typing import Annotated

from nerdpy.cli.flags import Option
from nerdpy.commands.container.flags.caller import Caller, each, parsed
from nerdpy.dataclass import dataclass, field
from nerdpy.errors import InvalidArgument, UsageError
from nerdpy.model.environment import parse_label, parse_label_file
from nerdpy.model.identifier import parse_container_name, parse_hostname
from nerdpy.model.options import Identity
from nerdpy.model.pairs import parse_pair


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IdentityFlags:
    """Who the container is."""

    name: Annotated[str, Option("--name", help="Name of the container (default: one is made up)")] = ""
    hostname: Annotated[
        str, Option("--hostname", "-h", help="Host name inside the container (default: its short id)")
    ] = ""
    domainname: Annotated[str, Option("--domainname", help="NIS domain name inside the container")] = ""
    label: Annotated[
        list[str], Option("--label", "-l", help="Set a label on the container", metavar="KEY=VALUE")
    ] = field(default_factory=list)
    label_file: Annotated[
        list[str],
        Option("--label-file", help="Read labels from a file, one per line", metavar="FILE", complete="file"),
    ] = field(default_factory=list)
    annotation: Annotated[
        list[str],
        Option("--annotation", help="Add an annotation, which the OCI runtime sees", metavar="KEY=VALUE"),
    ] = field(default_factory=list)
    cidfile: Annotated[
        str,
        Option("--cidfile", help="Write the container's id to this file", metavar="FILE", complete="file"),
    ] = ""
    pidfile: Annotated[
        str,
        Option("--pidfile", help="Write the main process's id to this file", metavar="FILE", complete="file"),
    ] = ""

    def parse_identity(self, caller: Caller) -> Identity:
        """Label files come first, --label wins."""
        labels: dict[str, str] = {}
        for path in self.label_file:
            labels |= _labels_of(path, caller)
        labels |= dict(each("--label", self.label, parse_label))
        return Identity(
            name=parsed("--name", self.name, parse_container_name) if self.name else "",
            hostname=parsed("--hostname", self.hostname, parse_hostname) if self.hostname else "",
            domainname=parsed("--domainname", self.domainname, parse_hostname) if self.domainname else "",
            labels=labels,
            annotations=dict(
                each("--annotation", self.annotation, lambda text: parse_pair(text, "annotation"))
            ),
            cidfile=os.path.join(caller.folder, self.cidfile) if self.cidfile else "",
            pidfile=os.path.join(caller.folder, self.pidfile) if self.pidfile else "",
        )


def _labels_of(path: str, caller: Caller) -> dict[str, str]:
    try:
        return parse_label_file(caller.read(path, "label file"), source=path)
    except InvalidArgument as error:
        raise UsageError(f"invalid label file: {error.message}", hint=error.hint) from error
