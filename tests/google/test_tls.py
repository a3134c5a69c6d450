"""The wire over TLS: only to servers whose certificate is trusted, also through a proxy that asks for a password."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sweeper.google.wire import NotSent, Why, Wire

HOST = "apis.example"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for two names, signed by itself, and its key, in one file each."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


class Listener:
    """Takes one connection after the other; behind TLS, and where it is a proxy, after a CONNECT."""

    def __init__(self, certificate, *, proxy: bool = False) -> None:
        self.heard: list[bytes] = []
        self._proxy = proxy
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._proxy:
                self.heard.append(_until_blank(connection))
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with self._context.wrap_socket(connection, server_side=True) as secure:
                self.heard.append(_until_blank(secure))
                secure.sendall(ANSWER)
        except OSError:
            return

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)


def _until_blank(connection: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found and (more := connection.recv(4096)):
        found += more
    return found


@pytest.fixture
def listener(certificate):
    made: list[Listener] = []

    def make(**options) -> Listener:
        made.append(Listener(certificate, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_server_whose_certificate_is_trusted_is_talked_to(listener, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    there = listener()
    assert Wire({}, timeout=10).send("GET", f"https://localhost:{there.port}/v1", {}).body == b"{}"


def test_a_server_whose_certificate_is_not_trusted_gets_no_request(listener):
    there = listener()
    with pytest.raises(NotSent) as failed:
        Wire({}, timeout=10).send("POST", f"https://localhost:{there.port}/v1", {"authorization": "Bearer x"}, b"{}")
    assert failed.value.why is Why.TLS
    assert there.heard == []


def test_through_a_proxy_the_request_is_for_the_server_alone(listener, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    proxy = listener(proxy=True)
    wire = Wire({"https_proxy": f"http://me:pw@127.0.0.1:{proxy.port}"}, timeout=10)
    assert wire.send("GET", f"https://{HOST}/v1", {"authorization": "Bearer x"}).body == b"{}"
    to_proxy, to_server = proxy.heard
    assert to_proxy.startswith(b"CONNECT apis.example:443 ")
    assert b"Proxy-Authorization: Basic bWU6cHc=" in to_proxy
    assert b"Bearer" not in to_proxy
    assert b"authorization: Bearer x" in to_server
    assert b"Proxy-Authorization" not in to_server
