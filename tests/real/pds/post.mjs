// Posts a picture with @atproto/api through a proxy: node post.mjs PROXY SERVICE HANDLE FILE; prints {did, cid} as JSON.
// The account is made first.
import fs from "node:fs";
import {AtpAgent} from "@atproto/api";
import {ProxyAgent, setGlobalDispatcher} from "undici";

const [proxy, service, handle, file] = process.argv.slice(2);
const dispatcher = new ProxyAgent(proxy);
setGlobalDispatcher(dispatcher);
const agent = new AtpAgent({service});

await agent.createAccount({handle, email: `${handle}@example.org`, password: "correct horse"});
const {data} = await agent.uploadBlob(fs.readFileSync(file), {encoding: "image/jpeg"});
await agent.post({text: "a picture", embed: {$type: "app.bsky.embed.images", images: [{image: data.blob, alt: ""}]}});
console.log(JSON.stringify({did: agent.assertDid, cid: data.blob.ref.toString()}));
await dispatcher.close();
