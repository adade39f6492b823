// A client of TLS 1.3 that connects three times: PORT ROOT; hears a line each time, and says whether its session went on.
const fs = require("fs");
const tls = require("tls");

const [port, root] = process.argv.slice(1);
const ca = fs.readFileSync(root);

const connect = (session, left) => {
    const options = { host: "127.0.0.1", port: Number(port), servername: "localhost", ca, session, minVersion: "TLSv1.3" };
    const socket = tls.connect(options, () => console.log(socket.isSessionReused() ? "reused" : "new"));
    let latest;
    socket.on("session", (ticket) => { latest = ticket; });
    socket.on("data", () => {});
    socket.on("end", () => { if (left > 1) connect(latest, left - 1); });
    socket.on("error", (error) => {
        console.log("failed", error.code, error.message);
        process.exit(1);
    });
};
connect(undefined, 3);
