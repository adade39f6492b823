# A client of TLS 1.3 that connects three times: PORT ROOT; hears a line each time, and says whether its session went on.
import socket
import ssl
import sys

port, root = sys.argv[1:]
context = ssl.create_default_context(cafile=root)
context.minimum_version = ssl.TLSVersion.TLSv1_3
session = None
for _ in range(3):
    connection = socket.create_connection(("127.0.0.1", int(port)), timeout=20)
    with context.wrap_socket(connection, server_hostname="localhost", session=session) as tls:
        while tls.recv(64):
            pass
        print("reused" if tls.session_reused else "new", flush=True)
        session = tls.session
