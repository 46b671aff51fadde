#!/usr/bin/env node
// Refreshes under fire: many short-lived sign-ins, requests for all of them at every process at once, and at random moments one process
// is ended: by kill -9, or in order by SIGTERM.
//   bench/chaos.mjs postgres   two Purser processes on one PostgreSQL (PURSER_TEST_POSTGRES_URL: a server where databases may be made)
//   bench/chaos.mjs sqlite     one process on SQLite
// The issuer's refresh tokens are good for one use, and a second use ends the sign-in, so every duplicate counts.
// A kill between the issuer's answer and our commit cannot be survived by anybody: those are counted apart, with the time that window
// is open: a duplicate is excused only if the very process that spent the token was killed within that window, and a loss only if it is
// that sign-in's. A stop in order excuses nothing. Exit code 1 if anything else was sent twice or lost.
// Settings: CHAOS_ROUNDS (2000), CHAOS_SIGN_INS (40), CHAOS_KILL_MS (2500, on average, between two ends), PURSER_BIN, STAND_IN_BIN.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const KIND = process.argv[2] ?? "sqlite";
const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const ROUNDS = number("CHAOS_ROUNDS", 2000);
const SIGN_INS = number("CHAOS_SIGN_INS", 40);
const KILL_MS = number("CHAOS_KILL_MS", 2500);
const ACCESS_SECONDS = 2;
/// A kill this long after the issuer spent a token can have hit the window before our commit.
const WINDOW_MS = 250;
const OWNER = "chaos@example.com";
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const say = (text) => process.stderr.write(`  chaos: ${text}\n`);
const need = (name) => process.env[name] ?? (say(`${name} is not set: run this with \`make chaos\``), process.exit(2));
const work = mkdtempSync(join(tmpdir(), "purser-chaos-"));
const children = new Set();
process.on("exit", () => { children.forEach((child) => child.kill("SIGKILL")); rmSync(work, { recursive: true, force: true }); });

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => resolve(port)); });
});
const until = async (what, ready) => {
  for (let i = 0; i < 600; i++) { if (await ready().catch(() => false)) return; await pause(100); }
  throw new Error(`${what} did not get ready`);
};

const issuer = `http://127.0.0.1:${await freePort()}`;
const vendor = `${issuer}/issuer/anthropic-sub`;
const ids = Array.from({ length: SIGN_INS }, (_, i) => `chaos-${String(i + 1).padStart(3, "0")}`);
// Each process has an address of its own for tokens, and each sign-in a scope of its own: so the issuer can say whose a duplicate was.
const overlay = (caller) => ids.map((id) => `
[providers.${id}]
name = "${id}"
base_url = "${vendor}/api/v1"
dialect = "openai_chat"
verify = { path = "models", must_have = "data" }
models = { source = "curated", curated = ["m"] }
[providers.${id}.oauth]
authorize_url = "${vendor}/authorize"
token_url = "${vendor}/token?caller=${caller}"
client_id = "9d1c250a-e61b-44d9-88ed-5944d1962f5e"
redirect_uri = "/callback"
token_format = "json"
send_state = true
scopes = ["user:inference", "${id}"]
parameters = { code = "true" }
headers = { anthropic-beta = "oauth-2025-04-20" }
`).join("");

const log = {};
const start = (name, program, args, env = {}) => {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => { log[name] = ((log[name] ?? "") + data).slice(-4000); });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
};

class Process {
  constructor(name, port, database) {
    const providers = join(work, `providers-${name}.toml`);
    writeFileSync(providers, overlay(name));
    Object.assign(this, { name, port, url: `http://localhost:${port}` });
    this.env = {
      PURSER_ADDR: `127.0.0.1:${port}`, PURSER_PUBLIC_URL: this.url, PURSER_DATA_DIR: join(work, "data"), PURSER_LOG: "warn",
      PURSER_PROVIDERS_FILE: providers, ...(database ? { PURSER_DATABASE_URL: database } : {}),
    };
  }
  async up() {
    this.child = start(this.name, need("PURSER_BIN"), ["serve"], this.env);
    await until(`${this.name}: ${log[this.name] ?? ""}`, async () => (await fetch(`${this.url}/readyz`)).ok);
  }
  kill() { this.child.kill("SIGKILL"); }
  async stop() {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
  }
  run(args, input = "") { return execFileSync(need("PURSER_BIN"), args, { env: { ...process.env, ...this.env }, input }).toString().trim(); }
}

function database() {
  if (KIND === "sqlite") return undefined;
  const url = new URL(need("PURSER_TEST_POSTGRES_URL"));
  const name = `chaos_${process.pid}`;
  execFileSync("psql", [url.href, "--quiet", "--command", `CREATE DATABASE ${name}`]);
  url.pathname = `/${name}`;
  return url.href;
}

start("issuer", need("STAND_IN_BIN"), [new URL(issuer).host, join(work, "ignored.toml")]);
await until("the issuer", async () => (await fetch(`${vendor}/counts`)).ok);
await fetch(`${vendor}/switches`, {
  method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ consent: "approve", access_seconds: 3600 }),
});

const url = database();
const processes = [new Process("one", await freePort(), url)];
if (KIND === "postgres") processes.push(new Process("two", await freePort(), url));
await processes[0].up();
processes[0].run(["user", "add", "--email", OWNER, "--name", "Chaos", "--role", "owner", "--password-stdin"], "correct horse battery staple\n");
const token = processes[0].run(["token", "create", "--user", OWNER, "--name", "chaos", "--scopes", "inference,connect,admin,read,metrics"]);
const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
for (const process of processes.slice(1)) await process.up();

await fetch(`${vendor}/switches`, {
  method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ consent: "approve", access_seconds: ACCESS_SECONDS }),
});
for (const id of ids) {
  const begun = await fetch(`${processes[0].url}/api/v1/providers/${id}/sign-in`, { method: "POST", headers, body: "{}" });
  if (begun.status !== 201) throw new Error(`${id}: ${begun.status} ${await begun.text()}`);
  const { authorize_url } = await begun.json();
  const approved = await fetch(authorize_url, { redirect: "manual" });
  if (!approved.headers.get("location")) throw new Error(`${id}: ${approved.status} ${(await approved.text()).slice(0, 800)}`);
  const back = await fetch(approved.headers.get("location"), { redirect: "manual" });
  if (!back.headers.get("location")?.endsWith("oauth=success")) throw new Error(`${id}: ${back.status} ${back.headers.get("location")}`);
}
say(`${SIGN_INS} sign-ins stand; access tokens live ${ACCESS_SECONDS} s`);

let over = false;
const statuses = {};
const ask = async (process, id, patience = 40_000) => {
  const body = JSON.stringify({ model: `${id}/m`, messages: [{ role: "user", content: "hi" }] });
  const answer = await fetch(`${process.url}/v1/chat/completions`, { method: "POST", headers, body, signal: AbortSignal.timeout(patience) });
  await answer.arrayBuffer();
  return answer.status;
};
const load = async (process, mine) => {
  for (let i = 0; !over; i++) {
    const status = await ask(process, mine[i % mine.length]).catch(() => "cut");
    statuses[status] = (statuses[status] ?? 0) + 1;
    await pause(status === "cut" ? 100 : 20);
  }
};
// Each sign-in is asked for by two tasks of every process.
const loads = processes.flatMap((process) => ids.flatMap((id) => [load(process, [id]), load(process, [id])]));

// How long the window between the issuer's answer and our commit is open: buckets of every life of every process, added up.
const windows = new Map();
const addWindows = async (process) => {
  const metrics = await (await fetch(`${process.url}/metrics`, { headers, signal: AbortSignal.timeout(2000) })).text();
  for (const [, le, count] of metrics.matchAll(/^purser_token_store_seconds_bucket\{[^}]*le="([^"]+)"[^}]*\} (\d+)/gm)) {
    windows.set(le, (windows.get(le) ?? 0) + Number(count));
  }
};
const window99 = () => {
  const bounds = [...windows].map(([le, count]) => [le === "+Inf" ? Infinity : Number(le), count]).sort(([a], [b]) => a - b);
  const enough = 0.99 * (bounds.at(-1)?.[1] ?? 0);
  return enough ? Math.round(bounds.find(([, count]) => count >= enough)[0] * 1e6) / 1e3 : null;
};

const counts = async () => (await fetch(`${vendor}/counts`)).json();
const kills = [];
let stops = 0;
const killer = (async () => {
  while (!over) {
    await pause(KILL_MS * (0.3 + 1.4 * Math.random()));
    if (over) return;
    const victim = processes[Math.floor(Math.random() * processes.length)];
    await addWindows(victim).catch(() => {});
    if (Math.random() < 0.5) {
      kills.push({ at: Date.now(), victim: victim.name });
      victim.kill();
    } else {
      stops++;
      await victim.stop();
    }
    await victim.up();
  }
})();

const began = Date.now();
for (let last = 0; ;) {
  await pause(1000);
  const { refreshed } = await counts();
  if (refreshed >= ROUNDS) break;
  if (refreshed - last >= 250) { last = refreshed; say(`${refreshed} of ${ROUNDS} refreshes, ${kills.length} kills, ${stops} stops`); }
  if (Date.now() - began > 1_800_000) { say("out of time"); break; }
}
over = true;
await Promise.all([...loads, killer]);
const seconds = (Date.now() - began) / 1000;

// The dust settles: leases of the killed run out, then every sign-in has to answer, and nothing may still be sent twice.
await pause(25_000);
const lost = [];
for (const id of ids) {
  let status = 0;
  for (let i = 0; i < 3 && status !== 200; i++) status = await ask(processes[0], id).catch(() => 0);
  if (status !== 200) lost.push(id);
}
const end = await counts();
const hit = ({ spent_by, spent_at_ms }) => kills.some(({ at, victim }) => victim === spent_by && at >= spent_at_ms - 5 && at <= spent_at_ms + WINDOW_MS);
const whose = ({ scope }) => ids.find((id) => scope.split(" ").includes(id));
const unexcused = end.reused.filter((reuse) => !hit(reuse));
const excused = new Set(end.reused.filter(hit).map(whose));
const lostWithout = lost.filter((id) => !excused.has(id));
for (const reuse of unexcused) say(`a duplicate that no kill explains: ${JSON.stringify(reuse)}`);
for (const id of lostWithout) say(`lost without a kill that explains it: ${id}`);
for (const process of processes) await addWindows(process);
const result = {
  database: KIND, processes: processes.length, sign_ins: SIGN_INS, kills: kills.length, stops, seconds: Math.round(seconds),
  refreshes_sent: end.refreshes, refreshed: end.refreshed, duplicates: unexcused.length, sign_ins_lost: lostWithout.length,
  killed_between_answer_and_commit: excused.size, answer_to_commit_p99_at_most_ms: window99(),
  requests: statuses,
};
console.log(JSON.stringify(result, null, 2));
if (url) { processes.forEach((process) => process.kill()); await pause(300); execFileSync("psql", [process.env.PURSER_TEST_POSTGRES_URL, "--quiet", "--command", `DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`]); }
process.exit(result.duplicates === 0 && result.sign_ins_lost === 0 && end.refreshed >= ROUNDS ? 0 : 1);
