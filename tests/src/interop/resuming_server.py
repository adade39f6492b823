# A server of TLS 1.3 for three connections: CHAIN KEY; sends back a line, and says whether the session went on.
import socket
import ssl
import sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(*sys.argv[1:])
context.minimum_version = ssl.TLSVersion.TLSv1_3
listener = socket.create_server(("127.0.0.1", 0))
print(f"listening {listener.getsockname()[1]};", flush=True)
for _ in range(3):
    connection = listener.accept()[0]
    connection.settimeout(20)
    with context.wrap_socket(connection, server_side=True) as tls:
        print("reused" if tls.session_reused else "new", flush=True)
        while line := tls.recv(64):
            tls.sendall(line)
