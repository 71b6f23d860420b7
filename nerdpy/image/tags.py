"""The tags that a repository has in its registry."""

from nerdpy.config import Config
from nerdpy.errors import NotFound
from nerdpy.model.reference import Reference


def tags_of(config: Config, repository: Reference) -> list[Reference]:
    """Each of them, in the registry's order; NotFound where there is none."""
    from nerdpy.registry.client import list_tags
    from nerdpy.registry.connection import Connection, access_of

    connection = Connection(repository.domain, access_of(config))
    found = [repository.with_tag(tag) for tag in list_tags(connection, repository.path)]
    if not found:
        raise NotFound(f'repository "{repository.familiar_name}" has no tags')
    return found
