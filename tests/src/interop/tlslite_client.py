"""A TLS client of tlslite-ng, which trusts anybody: ADDRESS PORT ROOT VERSION CURVE ALPN [CHAIN KEY]; says a line, expects
one, which it says back if that is `again` or `update`, and expects another, and closes in both directions. Before `update` it
changes its keys, and wants the server's changed."""

import socket
import sys

from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.constants import KeyUpdateMessageType
from tlslite.errors import TLSError

address, port, _, version, curve, alpn, *own = sys.argv[1:]
settings = HandshakeSettings()
settings.minVersion = settings.maxVersion = {"TLSv1.2": (3, 3), "TLSv1.3": (3, 4)}[version]
if curve:
    settings.keyShares = [curve]
certificates, key = None, None
if own:
    certificates = X509CertChain()
    certificates.parsePemList(open(own[0]).read())
    key = parsePEMKey(open(own[1]).read(), private=True)
try:
    with socket.create_connection((address, int(port)), timeout=20) as plain:
        tls = TLSConnection(plain)
        tls.handshakeClientCert(
            certChain=certificates,
            privateKey=key,
            settings=settings,
            serverName="localhost",
            alpn=[bytearray(name, "ascii") for name in alpn.split(",")] if alpn else None,
        )
        protocol = tls.session.appProto and tls.session.appProto.decode()
        print("connected", version, tls.getCipherName(), protocol, flush=True)
        tls.sendall(b"hello\n")
        line = tls.recv(4096)
        print("got", line, flush=True)
        if line == b"update\n":
            for _ in tls.send_keyupdate_request(KeyUpdateMessageType.update_requested):
                pass
        if line in (b"again\n", b"update\n"):
            tls.sendall(line)
            print("got", tls.recv(4096), flush=True)
        tls.close()
        print("closed", flush=True)
except (OSError, TLSError) as error:
    print("failed", type(error).__name__, error, flush=True)
    sys.exit(1)
