"""The columns of `images --tree`, as docker draws them."""

from nerdpy.dockercompat.image_tree import TreeLine, tree_text


def line(name: str, *, usage: str = "13.6MB", content: str = "4.09MB", is_used: bool = False) -> TreeLine:
    return TreeLine(name=name, id="0123456789ab", disk_usage=usage, content_size=content, is_used=is_used)


TREES = [
    (
        ["zz:2"],
        line("busybox:latest", is_used=True),
        [line("linux/amd64", is_used=True), line("linux/arm/v6")],
    ),
    ([], line("<untagged>", usage="0B", content="0B"), []),
]


def test_platforms_hang_below_their_image() -> None:
    assert list(tree_text(TREES, 80)) == [
        "IMAGE             ID             DISK USAGE   CONTENT SIZE   EXTRA",
        "zz:2",
        "busybox:latest    0123456789ab       13.6MB         4.09MB     U",
        "├─ linux/amd64    0123456789ab       13.6MB         4.09MB     U",
        "└─ linux/arm/v6   0123456789ab       13.6MB         4.09MB",
        "",
        "<untagged>        0123456789ab           0B             0B",
    ]


def test_columns_are_left_out_where_there_is_no_room() -> None:
    narrow = list(tree_text(TREES, 42))
    assert narrow[0] == "IMAGE            ID             DISK USAGE"
    assert narrow[4] == "└─ linux/arm/…   0123456789ab       13.6MB"
    assert max(map(len, narrow)) <= 42
    assert list(tree_text(TREES, 1))[1:3] == ["zz:2", "busybox:latest"]


def test_no_image_is_a_title() -> None:
    assert list(tree_text([], 80)) == ["IMAGE   ID             DISK USAGE   CONTENT SIZE   EXTRA"]
