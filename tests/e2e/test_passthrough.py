"""What no profile names stays encrypted from the client to its server; what one names is opened."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.x509.oid import NameOID
from tests.e2e import rig
from tests.e2e.rig import CLOSED, OPENED, Rig, jpeg

from creditline.capture.trust import NAME
from creditline.ledger import queries

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN = "Creditline demonstration, throw-away authority"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    async with rig.running(tmp_path_factory.mktemp("passthrough")) as up:
        yield up


def _issuer(writer: asyncio.StreamWriter) -> str:
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    der = tls.getpeercert(binary_form=True)
    assert der is not None
    (name,) = x509.load_der_x509_certificate(der).issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(name.value)


async def test_an_opened_host_shows_the_proxys_certificate(shared: Rig) -> None:
    """A host of a profile is decrypted: its certificate is one of the proxy's own authority."""
    _, writer = await shared.tunnel(OPENED, trust=shared.trust)

    assert _issuer(writer) == NAME
    writer.close()
    await writer.wait_closed()


async def test_any_other_host_shows_its_own(shared: Rig) -> None:
    """A host of no profile keeps its own certificate, works with its own authority alone, and is not recorded."""
    own = ssl.create_default_context(cafile=str(shared.site.ca))
    picture = jpeg()
    reader, writer = await shared.tunnel(CLOSED, trust=own)

    assert _issuer(writer) == OWN

    head = f"POST /raw/closed HTTP/1.1\r\nHost: {CLOSED}\r\nContent-Type: image/jpeg\r\n"
    writer.write(f"{head}Content-Length: {len(picture)}\r\nConnection: close\r\n\r\n".encode() + picture)
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert rig.sha(picture) == shared.site.at("/raw/closed").sha256
    writer.close()
    await writer.wait_closed()
    await shared.drain()
    assert [] == await asyncio.to_thread(queries.observations, shared.context.ledger)


async def test_the_proxys_authority_is_no_use_there(shared: Rig) -> None:
    """A client that trusts only the proxy's authority cannot connect to a host that is not opened."""
    with pytest.raises(ssl.SSLCertVerificationError):
        await shared.tunnel(CLOSED, trust=shared.trust)
