// A PDS on a free port of loopback, and a directory of DIDs that takes what it is told; prints its address.
// node pds.mjs FOLDER
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import {randomBytes} from "node:crypto";

process.env.LOG_ENABLED = "false"; // nobody reads what it would write on standard output, and a full pipe stops it
const {PDS, envToCfg, envToSecrets} = await import("@atproto/pds");

const folder = process.argv[2];
fs.mkdirSync(path.join(folder, "blobs"), {recursive: true});

function listening(server) {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}

const directory = http.createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    response.writeHead(request.method === "POST" ? 200 : 404, {"content-type": "application/json"});
    response.end("{}");
  });
});
const free = http.createServer();
const port = await listening(free);
await new Promise((resolve) => free.close(resolve));

const env = {
  devMode: true,
  hostname: "localhost",
  port,
  dataDirectory: folder,
  blobstoreDiskLocation: path.join(folder, "blobs"),
  didPlcUrl: `http://127.0.0.1:${await listening(directory)}`,
  serviceHandleDomains: [".test"],
  inviteRequired: false,
  crawlers: [],
  jwtSecret: randomBytes(16).toString("hex"),
  adminPassword: randomBytes(16).toString("hex"),
  plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString("hex"),
};
const pds = await PDS.create(envToCfg(env), envToSecrets(env));
await pds.start();
console.log(`http://127.0.0.1:${port}`);
