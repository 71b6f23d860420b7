"""The command tree as data. Importing this file imports no command, and almost nothing else.

A command is one line. `at` names its module below `nerdpy.commands` once it is built; without it, the command
is declared in `planned.json` and refused with a sentence.
"""


class Entry:
    """One command: what help, completion and the parser must know before it is imported."""

    __slots__ = ("aliases", "at", "fails_with", "hidden", "options_first", "summary")

    def __init__(
        self,
        summary: str,
        at: str = "",
        *,
        aliases: tuple[str, ...] = (),
        options_first: bool = False,
        fails_with: int = 1,
        hidden: bool = False,
    ) -> None:
        self.summary = summary
        self.at = at
        self.aliases = aliases
        """Other full paths of the same command."""
        self.options_first = options_first
        """Options end at the first word: the rest belongs to the container's command."""
        self.fails_with = fails_with
        """The code of an error that has none of its own."""
        self.hidden = hidden


GROUPS = {
    "checkpoint": "Manage checkpoints",
    "container": "Manage containers",
    "image": "Manage images",
    "manifest": "Manage image manifests and lists of them",
    "namespace": "Manage containerd namespaces",
    "network": "Manage networks",
    "system": "Manage nerdpy and its engine",
    "volume": "Manage volumes",
    "internal": "What nerdpy calls itself",
}
GROUP_ALIASES = {"ns": "namespace"}
SUBGROUPS = {"image verifier": "Manage the programs that containerd asks whether an image may be pulled"}
"""Groups within a group: their commands have three words."""
HIDDEN_GROUPS = {"internal"}
COMMON = ("run", "exec", "ps", "pull", "push", "images", "login", "logout", "search", "version", "info")
"""What `nerdpy --help` shows first, as docker does."""

TREE = {
    "checkpoint create": Entry("Create a checkpoint from a running container", "checkpoint.create"),
    "checkpoint ls": Entry("List checkpoints for a container", "checkpoint.ls", aliases=("checkpoint list",)),
    "checkpoint rm": Entry("Remove a checkpoint", "checkpoint.rm", aliases=("checkpoint remove",)),
    "container attach": Entry(
        "Attach to a running container's input, output and error", "container.attach", aliases=("attach",)
    ),
    "container commit": Entry(
        "Make a new image from a container's changes", "container.commit", aliases=("commit",)
    ),
    "container cp": Entry("Copy files between a container and this machine", "container.cp", aliases=("cp",)),
    "container create": Entry(
        "Create a new container", "container.create", aliases=("create",), options_first=True, fails_with=125
    ),
    "container diff": Entry(
        "Show what a container changed in its filesystem", "container.diff", aliases=("diff",)
    ),
    "container exec": Entry(
        "Execute a command in a running container", "container.exec", aliases=("exec",), options_first=True
    ),
    "container export": Entry(
        "Write a container's filesystem as a tar archive", "container.export", aliases=("export",)
    ),
    "container healthcheck": Entry(
        "Run a container's health check once", "container.healthcheck", aliases=("healthcheck",)
    ),
    "container inspect": Entry("Show everything about one or more containers", "container.inspect"),
    "container kill": Entry("Kill one or more running containers", "container.kill", aliases=("kill",)),
    "container logs": Entry("Show the output of a container", "container.logs", aliases=("logs",)),
    "container ls": Entry(
        "List containers", "container.ls", aliases=("ps", "container list", "container ps")
    ),
    "container pause": Entry(
        "Pause all processes of one or more containers", "container.pause", aliases=("pause",)
    ),
    "container port": Entry("List the published ports of a container", "container.port", aliases=("port",)),
    "container prune": Entry("Remove all stopped containers", "container.prune"),
    "container rename": Entry("Rename a container", "container.rename", aliases=("rename",)),
    "container restart": Entry("Restart one or more containers", "container.restart", aliases=("restart",)),
    "container rm": Entry(
        "Remove one or more containers", "container.rm", aliases=("rm", "container remove", "remove")
    ),
    "container run": Entry(
        "Create and run a new container from an image",
        "container.run",
        aliases=("run",),
        options_first=True,
        fails_with=125,
    ),
    "container start": Entry("Start one or more stopped containers", "container.start", aliases=("start",)),
    "container stats": Entry("Show what containers use, live", "container.stats", aliases=("stats",)),
    "container stop": Entry("Stop one or more running containers", "container.stop", aliases=("stop",)),
    "container top": Entry(
        "List the processes of a container", "container.top", aliases=("top",), options_first=True
    ),
    "container unpause": Entry(
        "Continue all processes of one or more containers", "container.unpause", aliases=("unpause",)
    ),
    "container update": Entry(
        "Change the limits of one or more containers", "container.update", aliases=("update",)
    ),
    "container wait": Entry(
        "Wait until containers stop, and print their exit codes", "container.wait", aliases=("wait",)
    ),
    "image convert": Entry("Convert an image: its layers, its platforms or its media types", "image.convert"),
    "image decrypt": Entry("Decrypt the layers of an image", "image.decrypt"),
    "image encrypt": Entry("Encrypt the layers of an image", "image.encrypt"),
    "image history": Entry("Show how an image was made", "image.history", aliases=("history",)),
    "image import": Entry("Make an image from a filesystem archive", "image.import_", aliases=("import",)),
    "image inspect": Entry("Show everything about one or more images", "image.inspect"),
    "image load": Entry("Load images from a tar archive", "image.load", aliases=("load",)),
    "image ls": Entry("List images", "image.ls", aliases=("images", "image list")),
    "image prune": Entry("Remove unused images", "image.prune"),
    "image pull": Entry("Download an image from a registry", "image.pull", aliases=("pull",)),
    "image push": Entry("Upload an image to a registry", "image.push", aliases=("push",)),
    "image rm": Entry("Remove one or more images", "image.rm", aliases=("rmi", "image remove", "image rmi")),
    "image save": Entry("Save images to a tar archive", "image.save", aliases=("save",)),
    "image tag": Entry("Give an image another name", "image.tag", aliases=("tag",)),
    "manifest annotate": Entry("Say more of an image in a local manifest list", "manifest.annotate"),
    "manifest create": Entry(
        "Create a local manifest list, to be annotated and pushed to a registry", "manifest.create"
    ),
    "manifest inspect": Entry("Show an image's manifest, or a manifest list", "manifest.inspect"),
    "manifest push": Entry("Push a local manifest list to its repository", "manifest.push"),
    "manifest rm": Entry("Remove one or more local manifest lists", "manifest.rm"),
    "image verifier install": Entry(
        "Let containerd ask a program before it pulls an image", "image.verifier_install"
    ),
    "image verifier ls": Entry(
        "List the programs that containerd asks before it pulls an image",
        "image.verifier_ls",
        aliases=("image verifier list",),
    ),
    "image verifier rm": Entry(
        "Remove programs that containerd asks before it pulls an image",
        "image.verifier_rm",
        aliases=("image verifier remove",),
    ),
    "namespace create": Entry("Create a namespace", "namespace.create"),
    "namespace inspect": Entry("Show everything about one or more namespaces", "namespace.inspect"),
    "namespace ls": Entry("List namespaces", "namespace.ls", aliases=("namespace list",)),
    "namespace rm": Entry("Remove one or more namespaces", "namespace.rm", aliases=("namespace remove",)),
    "namespace update": Entry("Change the labels of a namespace", "namespace.update"),
    "network connect": Entry("Connect a container to a network", "network.connect"),
    "network create": Entry("Create a network", "network.create"),
    "network disconnect": Entry("Disconnect a container from a network", "network.disconnect"),
    "network inspect": Entry("Show everything about one or more networks", "network.inspect"),
    "network ls": Entry("List networks", "network.ls", aliases=("network list",)),
    "network prune": Entry("Remove all unused networks", "network.prune"),
    "network rm": Entry("Remove one or more networks", "network.rm", aliases=("network remove",)),
    "system df": Entry("Show how much disk is used", "system.df"),
    "system events": Entry("Show what happens in the engine, live", "system.events", aliases=("events",)),
    "system info": Entry(
        "Show facts about nerdpy, its engine and this machine", "system.info", aliases=("info",)
    ),
    "system leaks": Entry("List what nobody owns on this engine, in all namespaces", "system.leaks"),
    "system prune": Entry("Remove everything that is not used", "system.prune"),
    "system start": Entry("Start nerdpy's own containerd", "system.start"),
    "system status": Entry("Show which containerd commands use, and how it is", "system.status"),
    "system stop": Entry("Stop nerdpy's own containerd, and all its containers", "system.stop"),
    "volume create": Entry("Create a volume", "volume.create"),
    "volume export": Entry("Write what a volume holds as a tar archive", "volume.export"),
    "volume import": Entry("Fill a volume from a tar archive", "volume.import_"),
    "volume inspect": Entry("Show everything about one or more volumes", "volume.inspect"),
    "volume ls": Entry("List volumes", "volume.ls", aliases=("volume list",)),
    "volume prune": Entry("Remove unused volumes", "volume.prune"),
    "volume rm": Entry("Remove one or more volumes", "volume.rm", aliases=("volume remove",)),
    "volume update": Entry("Update a volume (cluster volumes only)", "volume.update"),
    "completion": Entry("Print a completion script for your shell", "completion"),
    "inspect": Entry("Show everything about containers, images and other objects", "inspect"),
    "login": Entry("Log in to a registry", "registry.login"),
    "logout": Entry("Log out from a registry", "registry.logout"),
    "search": Entry("Search a registry for images", "registry.search"),
    "version": Entry("Show the versions of nerdpy, its engine and their parts", "version"),
    "internal attach-network": Entry(
        "Connect a restarted container to its networks again", "internal.attach_network", hidden=True
    ),
    "internal complete": Entry("Print what may follow on a command line", "internal.complete", hidden=True),
    "internal exited": Entry(
        "Record a container's exit, free its network, and honour --rm", "internal.exited", hidden=True
    ),
    "internal probe": Entry(
        "Run a container's health check, and keep the result", "internal.probe", hidden=True
    ),
    "internal surface": Entry("Print every command and flag as JSON", "internal.surface", hidden=True),
}

NOT_YET = {
    "apparmor": "",
    "build": "build with another tool, push to a registry and `nerdpy pull`",
    "builder": "",
    "compose": "",
    "image build": "build with another tool, push to a registry and `nerdpy pull`",
    "ipfs": "",
}
"""Commands of docker and nerdctl that are not even declared yet -> what works instead, if anything."""

ALIASES = {alias: path for path, entry in TREE.items() for alias in entry.aliases}
