// A server of TLS 1.3 for three connections: CHAIN KEY; sends back a line, and says whether the session went on.
const fs = require("fs");
const tls = require("tls");

const [chain, key] = process.argv.slice(1);
const fail = (error) => {
    console.log("failed", error.code, error.message);
    process.exit(1);
};
let left = 3;
const options = { cert: fs.readFileSync(chain), key: fs.readFileSync(key), minVersion: "TLSv1.3" };
const server = tls.createServer(options, (socket) => {
    console.log(socket.isSessionReused() ? "reused" : "new");
    socket.on("error", fail);
    socket.on("data", (data) => socket.write(data));
    socket.on("end", () => socket.end());
    left -= 1;
    if (left === 0) server.close();
});
server.on("tlsClientError", fail);
server.listen(0, "127.0.0.1", () => console.log(`listening ${server.address().port};`));
