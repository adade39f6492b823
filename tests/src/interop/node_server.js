// A TLS server: CHAIN KEY VERSION CURVE ALPN [CLIENTS]; takes one connection, sends back what comes, and closes in both directions.
const fs = require("fs");
const tls = require("tls");

const [chain, key, version, curve, alpn, clients] = process.argv.slice(1);
const options = { cert: fs.readFileSync(chain), key: fs.readFileSync(key) };
if (version) options.minVersion = options.maxVersion = version;
if (curve) options.ecdhCurve = curve;
if (alpn) options.ALPNProtocols = alpn.split(",");
if (clients) Object.assign(options, { ca: fs.readFileSync(clients), requestCert: true, rejectUnauthorized: true });

const fail = (error) => {
    console.log("failed", error.code, error.message);
    process.exit(1);
};
const server = tls.createServer(options, (socket) => {
    console.log("connected", socket.getProtocol(), socket.getCipher().name, socket.alpnProtocol);
    if (clients) console.log("shown", socket.getPeerCertificate().raw.length);
    socket.on("error", fail);
    socket.on("data", (data) => socket.write(data));
    socket.on("end", () => socket.end(() => {
        console.log("closed");
        server.close();
    }));
});
server.on("tlsClientError", fail);
server.listen(0, "127.0.0.1", () => console.log(`listening ${server.address().port};`));
