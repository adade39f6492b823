// A TLS client: ADDRESS PORT ROOT VERSION CURVE ALPN [CHAIN KEY]; says a line, expects one, which it says back if that
// is `again`, and expects another, and closes in both directions.
const fs = require("fs");
const tls = require("tls");

const [host, port, root, version, curve, alpn, chain, key] = process.argv.slice(1);
const options = { host, port: Number(port), servername: "localhost", ca: fs.readFileSync(root) };
if (version) options.minVersion = options.maxVersion = version;
if (curve) options.ecdhCurve = curve;
if (alpn) options.ALPNProtocols = alpn.split(",");
if (chain) Object.assign(options, { cert: fs.readFileSync(chain), key: fs.readFileSync(key) });

const socket = tls.connect(options, () => {
    console.log("connected", socket.getProtocol(), socket.getCipher().name, socket.alpnProtocol);
    socket.write("hello\n");
});
socket.on("data", (data) => {
    console.log("got", JSON.stringify(data.toString()));
    if (data.toString() === "again\n") socket.write(data);
    else socket.end();
});
socket.on("end", () => console.log("closed"));
socket.on("error", (error) => {
    console.log("failed", error.code, error.message);
    process.exit(1);
});
