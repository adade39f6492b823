"""A TLS client: ADDRESS PORT ROOT VERSION CURVE ALPN [CHAIN KEY]; says a line, expects one, which it says back
if that is `again`, and expects another, and closes in both directions."""

import socket
import ssl
import sys

address, port, root, version, curve, alpn, *own = sys.argv[1:]
context = ssl.create_default_context(cafile=root)
if version:
    context.maximum_version = ssl.TLSVersion[version.replace(".", "_")]
if curve:
    context.set_ecdh_curve(curve)
if alpn:
    context.set_alpn_protocols(alpn.split(","))
if own:
    context.load_cert_chain(*own)
try:
    with socket.create_connection((address, int(port)), timeout=20) as plain:
        with context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as tls:
            print("connected", tls.version(), tls.cipher()[0], tls.selected_alpn_protocol(), flush=True)
            tls.sendall(b"hello\n")
            lines = tls.makefile("rb")
            line = lines.readline()
            print("got", line, flush=True)
            if line == b"again\n":
                tls.sendall(line)
                print("got", lines.readline(), flush=True)
            tls.unwrap()
            print("closed", flush=True)
except OSError as error:
    print("failed", type(error).__name__, error, flush=True)
    sys.exit(1)
