// Node, fetch: as many requests at a time as there are promises. Argument: the load as JSON.

import fs from "node:fs";

const load = JSON.parse(process.argv[2]);
const path = load.views.length ? "/severity-assessment/automatic/global" : "/diagnosis-support";
const headers = { "Content-Type": "application/json" };

const media = (file) => ({
  contentAttachment: { contentType: "image/jpeg", data: fs.readFileSync(file).toString("base64") },
});

function body() {
  if (!load.views.length) return { payload: load.images.map(media) };
  const item = Object.fromEntries(load.images.map((file, number) => [load.views[number], { payload: media(file) }]));
  return { knownCondition: { conclusion: { text: "vitiligo" } }, scoringSystem: { avasi: { item } } };
}

async function post(where, document) {
  const response = await fetch(load.url + where, { method: "POST", headers, body: JSON.stringify(document) });
  if (!response.ok) throw new Error(`the server responds with ${response.status}`);
  return await response.json();
}

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const peak = () => Number(fs.readFileSync("/proc/self/status", "utf8").match(/VmHWM:\s+(\d+)/)[1]);

const login = await post("/login", { username: "clinic@example.org", password: "s3cret" });
headers.Authorization = `Bearer ${login.access_token}`;
const workers = Array.from({ length: load.concurrency });
await Promise.all(workers.map(async () => {
  for (let done = 0; done < load.warm; done++) await post(path, body());
}));

const start = { cpu: cpu(), wall: performance.now(), faults: process.resourceUsage().minorPageFault };
const until = start.wall + load.seconds * 1000;
let begun = 0;
let requests = 0;
await Promise.all(workers.map(async () => {
  while (load.seconds ? performance.now() < until : begun++ < load.requests) {
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
