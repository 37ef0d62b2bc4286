"""XMP namespaces."""

from creditline.vocab.namespaces import PREFIX_OF, URI_OF


def test_prefix_and_address_belong_together() -> None:
    """Each prefix has one address, which leads back to it."""
    assert len(URI_OF) == len(set(URI_OF.values()))
    assert all(prefix == PREFIX_OF[uri] for prefix, uri in URI_OF.items())
