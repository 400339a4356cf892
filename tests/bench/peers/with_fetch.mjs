// Node, fetch: as many requests under way as there are promises.

import fs from "node:fs";

const VIEWS = (
  "armLeftBottom armLeftTop armRightBottom armRightTop faceFront faceLeft faceRight footLeft footRight handLeft handRight " +
  "legsBack legsFront trunkBack trunkFront trunkLeft trunkRight"
).split(" ");

const given = { url: "", requests: 1, seconds: 0, warm: 0, concurrency: 1, images: [], response: "small" };
let name;
for (const word of process.argv.slice(2)) {
  if (word.startsWith("--")) name = word.slice(2);
  else if (Array.isArray(given[name])) given[name].push(word);
  else given[name] = typeof given[name] === "number" ? Number(word) : word;
}

const base = `${given.url}/${given.response}/v2.0`;
const path = given.images.length <= 3 ? "/diagnosis-support" : "/severity-assessment/automatic/global";
const headers = { "Content-Type": "application/json" };

const media = (file) => ({
  contentAttachment: { contentType: "image/jpeg", data: fs.readFileSync(file).toString("base64") },
});

function body() {
  if (given.images.length <= 3) return { payload: given.images.map(media) };
  const item = Object.fromEntries(given.images.map((file, number) => [VIEWS[number], { payload: media(file) }]));
  return {
    knownCondition: { conclusion: { text: "vitiligo" } },
    scoringSystem: { avasi: { item } },
  };
}

async function post(where, document) {
  const answer = await fetch(base + where, { method: "POST", headers, body: JSON.stringify(document) });
  if (!answer.ok) throw new Error(`the sink says ${answer.status}`);
  return await answer.json();
}

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const peak = () => Number(fs.readFileSync("/proc/self/status", "utf8").match(/VmHWM:\s+(\d+)/)[1]);

const login = await post("/login", { username: "clinic@example.org", password: "s3cret" });
headers.Authorization = `Bearer ${login.access_token}`;
const workers = Array.from({ length: given.concurrency });
await Promise.all(workers.map(async () => {
  for (let done = 0; done < given.warm; done++) await post(path, body());
}));

const start = { cpu: cpu(), wall: performance.now(), faults: process.resourceUsage().minorPageFault };
const until = start.wall + given.seconds * 1000;
let begun = 0;
let requests = 0;
await Promise.all(workers.map(async () => {
  while (given.seconds ? performance.now() < until : begun++ < given.requests) {
    await post(path, body());
    requests++;
  }
}));
console.log(JSON.stringify({
  requests,
  wall: (performance.now() - start.wall) / 1000,
  cpu: cpu() - start.cpu,
  peak_kb: peak(),
  page_faults: process.resourceUsage().minorPageFault - start.faults,
}));
