"""Which containers use an image."""

from nerdpy import labels
from nerdpy.image.usage import Users
from nerdpy.model.descriptor import Descriptor, Digest
from nerdpy.model.records import ContainerId, ContainerRecord, ImageRecord

NAME = "docker.io/library/a:1"
IMAGE = ImageRecord(name=NAME, target=Descriptor(media_type="", digest=Digest("sha256:t"), size=1))


def container(own: str, *, image: str = "", noted: str = "", key: str = "") -> ContainerRecord:
    marks = {labels.IMAGE_ID: noted} if noted else {}
    return ContainerRecord(id=ContainerId(own), labels=marks, image=image, snapshot_key=key)


def users(*containers: ContainerRecord, parents: dict[str, str] | None = None) -> Users:
    return Users(containers, parents=parents or {})


def ids(found: list[ContainerRecord]) -> list[str]:
    return [str(one.id) for one in found]


def test_the_id_that_was_noted_counts_whatever_the_name_says() -> None:
    all_of_them = users(container("own", noted="c"), container("moved", image=NAME, noted="other"))
    assert ids(all_of_them.of([IMAGE], ["c"])) == ["own"]


def test_containers_of_others_are_known_by_name() -> None:
    assert ids(users(container("foreign", image=NAME), container("no", image="b")).of([IMAGE], ["c"])) == [
        "foreign"
    ]


def test_the_name_counts_for_an_image_whose_content_is_gone() -> None:
    assert ids(users(container("own", image=NAME, noted="c")).of([IMAGE], [])) == ["own"]


def test_containers_of_others_are_known_by_their_layers_too() -> None:
    one = container("foreign", image="moved:1", key="k")
    assert ids(users(one, parents={"k": "top"}).of([IMAGE], ["c"], ["top"])) == ["foreign"]
    assert ids(users(one, parents={"k": "else"}).of([IMAGE], ["c"], ["top"])) == []
    assert ids(users(container("own", noted="x", key="k"), parents={"k": "top"}).of([], ["c"], ["top"])) == []


def test_who_has_an_image_mounted_uses_it() -> None:
    one = container("own", noted="other", key="k")
    one.labels[labels.IMAGE_MOUNTS] = '["m1", "m2"]'
    broken = container("broken", noted="other")
    broken.labels[labels.IMAGE_MOUNTS] = "["
    parents = {"k": "else", "m2": "top"}
    assert ids(users(one, broken, parents=parents).of([], ["c"], ["top"])) == ["own"]
    assert ids(users(one, parents=parents).of([], ["c"], ["else"])) == []


def test_a_container_counts_once() -> None:
    one = container("foreign", image=NAME, key="k")
    assert ids(users(one, parents={"k": "top"}).of([IMAGE, IMAGE], ["c"], ["top", "top"])) == ["foreign"]


def test_without_containers_there_are_no_users() -> None:
    assert users().of([IMAGE], ["c"]) == []
