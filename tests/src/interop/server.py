"""A TLS server: CHAIN KEY VERSION CURVE ALPN [CLIENTS]; takes one connection, sends lines back, and closes in both directions."""

import socket
import ssl
import sys

chain, key, version, curve, alpn, *clients = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(chain, key)
if version:
    context.maximum_version = ssl.TLSVersion[version.replace(".", "_")]
    context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
if curve:
    context.set_ecdh_curve(curve)
if alpn:
    context.set_alpn_protocols(alpn.split(","))
if clients:
    context.load_verify_locations(clients[0])
    context.verify_mode = ssl.CERT_REQUIRED
listener = socket.create_server(("127.0.0.1", 0))
print(f"listening {listener.getsockname()[1]};", flush=True)
plain, _ = listener.accept()
plain.settimeout(20)
try:
    with context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False) as tls:
        print("connected", tls.version(), tls.cipher()[0], tls.selected_alpn_protocol(), flush=True)
        if clients:
            print("shown", len(tls.getpeercert(binary_form=True)), flush=True)
        for line in tls.makefile("rb"):
            tls.sendall(line)
        tls.unwrap()
        print("closed", flush=True)
except OSError as error:
    print("failed", type(error).__name__, error, flush=True)
    sys.exit(1)
