"""A TLS server of tlslite-ng: CHAIN KEY VERSION CURVE ALPN [CLIENTS]; takes one connection, sends back what comes, and closes in both
directions. Before it sends back the line `update` it changes its keys, and wants the client's changed."""

import socket
import sys

from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.constants import KeyUpdateMessageType
from tlslite.errors import TLSError

chain, key, version, curve, alpn, *clients = sys.argv[1:]
certificates = X509CertChain()
certificates.parsePemList(open(chain).read())
settings = HandshakeSettings()
settings.minVersion = settings.maxVersion = {"TLSv1.2": (3, 3), "TLSv1.3": (3, 4)}[version]
settings.ticket_count = 0
if curve:
    settings.keyShares, settings.eccCurves = [curve], [curve]
    settings.dhGroups = []
listener = socket.create_server(("127.0.0.1", 0))
print(f"listening {listener.getsockname()[1]};", flush=True)
plain, _ = listener.accept()
plain.settimeout(20)
tls = TLSConnection(plain)
try:
    tls.handshakeServer(
        certChain=certificates,
        privateKey=parsePEMKey(open(key).read(), private=True),
        reqCert=bool(clients),
        settings=settings,
        alpn=[bytearray(name, "ascii") for name in alpn.split(",")] if alpn else None,
    )
    protocol = tls.session.appProto and tls.session.appProto.decode()
    print("connected", version, tls.getCipherName(), protocol, flush=True)
    if clients:
        print("shown", len(tls.session.clientCertChain.x509List[0].bytes), flush=True)
    while data := tls.recv(4096):
        if data == b"update\n":
            for _ in tls.send_keyupdate_request(KeyUpdateMessageType.update_requested):
                pass
        tls.sendall(data)
    tls.close()
    print("closed", flush=True)
except (OSError, TLSError) as error:
    print("failed", type(error).__name__, error, flush=True)
    sys.exit(1)
