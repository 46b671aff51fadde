// kill -9 at random moments during 200 saves and syncs: every start is clean, nothing is half-connected.
import { execFileSync } from "node:child_process";
import { OWNER, Purser } from "../support/purser";
import { expect, test } from "../support/test";

const PROVIDERS = ["openai", "mistral", "groq", "anthropic"];
const WRITES = 200;
const BETWEEN_KILLS = 10;

type State = { providers: { id: string; connection: { verdict: string } | null }[] };

async function disturb(purser: Purser): Promise<{ kills: number; answered: number }> {
  purser.addUser(OWNER, "owner");
  const token = purser.createToken("chaos", "admin,read");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const call = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${purser.url}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  let [kills, answered] = [0, 0];
  for (let done = 0; done < WRITES; done += BETWEEN_KILLS) {
    const writes = Array.from({ length: BETWEEN_KILLS }, async (_, i) => {
      const id = PROVIDERS[i % PROVIDERS.length];
      const write = i % 3 === 2 ? call("POST", `/providers/${id}/models/sync`) : call("POST", `/providers/${id}/key`, { key: `practice-good-key-${done + i}` });
      const got = await write.then((r) => Number(r.status < 500), () => 0);
      answered += got;
    });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
    await purser.stop("SIGKILL");
    kills += 1;
    await Promise.all(writes);
    await purser.serve();
    const state = (await (await call("GET", "/providers")).json()) as State;
    const connected = state.providers.filter((p) => PROVIDERS.includes(p.id) && p.connection !== null);
    for (const provider of connected) {
      const test = await call("POST", `/providers/${provider.id}/test`);
      expect(test.status, `${provider.id} after kill ${kills}`).toBe(200);
      expect(((await test.json()) as { verdict: string }).verdict).toBe("ok");
    }
    const keys = (await (await call("GET", "/keys")).json()) as { current: number; old: number; undecryptable: number };
    expect([keys.undecryptable, keys.old], `sealed values after kill ${kills}`).toEqual([0, 0]);
    expect(keys.current, "one sealed credential a connection, no orphans").toBe(connected.length);
  }
  expect(answered, "some writes were finished before the kill, or this shows nothing").toBeGreaterThan(WRITES / 20);
  expect(answered, "some were cut off, or this shows nothing").toBeLessThan(WRITES);
  return { kills, answered };
}

test("on SQLite", async () => {
  test.setTimeout(180_000);
  const purser = await Purser.start();
  const { kills, answered } = await disturb(purser);
  console.log(`      SQLite: ${kills} kills, ${answered} of ${WRITES} writes answered`);
  await purser.end();
});

test("on PostgreSQL", async () => {
  test.setTimeout(180_000);
  const admin = process.env.PURSER_TEST_POSTGRES_URL;
  test.skip(!admin, "PURSER_TEST_POSTGRES_URL is not set (scripts/postgres.sh start prints it)");
  const name = `purser_kill_${process.pid}`;
  const sql = (statement: string): void => void execFileSync("psql", [admin ?? "", "-qc", statement], { stdio: "pipe" });
  sql(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(admin ?? "");
  url.pathname = `/${name}`;
  const purser = await Purser.start({ databaseUrl: url.toString() });
  const { kills, answered } = await disturb(purser);
  console.log(`      PostgreSQL: ${kills} kills, ${answered} of ${WRITES} writes answered`);
  await purser.end();
  sql(`DROP DATABASE ${name} WITH (FORCE)`);
});
