// Sends a file with tus-js-client through a proxy: node tus-upload.mjs PROXY ENDPOINT FILE CHUNK [ABORT_AFTER_BYTES]
// With the last it breaks off there, and a second upload resumes from what the server has. Prints the upload's address.
import fs from "node:fs";
import http from "node:http";
import {DefaultHttpStack, Upload} from "tus-js-client";

const [proxy, endpoint, file, chunk, abortAfter] = process.argv.slice(2);

class Proxied extends http.Agent {
  addRequest(request, options) {
    request.path = `http://${options.host}:${options.port}${options.path}`;
    super.addRequest(request, {...options, host: new URL(proxy).hostname, port: new URL(proxy).port});
  }
}

const httpStack = new DefaultHttpStack({agent: new Proxied()});

function send(uploadUrl, stopAt) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(fs.createReadStream(file), {
      ...(uploadUrl ? {uploadUrl} : {endpoint}),
      httpStack,
      chunkSize: Number(chunk),
      uploadSize: fs.statSync(file).size,
      retryDelays: null,
      metadata: {filename: "picture.jpg", filetype: "image/jpeg"},
      onError: reject,
      onSuccess: () => resolve(upload.url),
      onChunkComplete: (_, accepted) => {
        if (stopAt && accepted >= stopAt) upload.abort().then(() => resolve(upload.url), reject);
      },
    });
    upload.start();
  });
}

const first = await send(null, Number(abortAfter ?? 0));
console.log(abortAfter ? await send(first, 0) : first);
