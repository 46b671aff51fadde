// The ground gives way under a running Purser: a database that is gone for ten seconds, and a disk that is full. Both are said in
// words, nothing is lost, and it goes on by itself.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { OWNER, Purser } from "../support/purser";
import { expect, hydrated, test } from "../support/test";

const KEY = "sk-practice-good-0001";
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A cable to a database that can be pulled. */
async function cable(to: URL): Promise<{ port: number; pull: () => void; mend: () => void; end: () => void }> {
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return void near.destroy();
    const far = connect(Number(to.port || 5432), to.hostname);
    for (const [socket, other] of [[near, far], [far, near]]) {
      open.add(socket);
      socket.on("error", () => other.destroy()).on("close", () => (open.delete(socket), other.destroy()));
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const pull = (): void => {
    whole = false;
    open.forEach((socket) => socket.destroy());
  };
  return { port: (server.address() as AddressInfo).port, pull, mend: () => (whole = true), end: () => (pull(), server.close()) };
}

async function save(page: Page): Promise<void> {
  await page.getByLabel("API key").fill(KEY);
  await page.getByRole("button", { name: "Save", exact: true }).click();
}

test("a database that is gone for ten seconds", async ({ page }) => {
  test.setTimeout(120_000);
  const admin = process.env.PURSER_TEST_POSTGRES_URL;
  test.skip(!admin, "PURSER_TEST_POSTGRES_URL is not set (scripts/postgres.sh start prints it)");
  const name = `purser_outage_${process.pid}`;
  const sql = (statement: string): void => void execFileSync("psql", [admin ?? "", "-qc", statement], { stdio: "pipe" });
  sql(`CREATE DATABASE ${name}`);
  const [direct, pulled] = [new URL(admin ?? ""), new URL(admin ?? "")];
  const wire = await cable(direct);
  direct.pathname = `/${name}`;
  const purser = await Purser.start({ databaseUrl: direct.href });
  purser.addUser(OWNER, "owner");
  const token = purser.createToken("outage", "inference,admin,read");
  [pulled.hostname, pulled.port, pulled.pathname] = ["127.0.0.1", String(wire.port), `/${name}`];
  await purser.restartWith({ PURSER_DATABASE_URL: pulled.href });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const ask = (): Promise<Response> =>
    fetch(`${purser.url}/v1/chat/completions`, { method: "POST", headers, body: JSON.stringify({ model: "openai/gpt-4o-mini", messages: [{ role: "user", content: "hi" }] }) });
  await page.goto(`${purser.url}/login`);
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/providers/);
  await page.goto(`${purser.url}/platform/ai/providers/openai`);
  await hydrated(page);

  wire.pull();
  const gone = Date.now();
  await save(page);
  await expect(page.getByText("The database is not available right now. Nothing was lost; try again in a moment.").first()).toBeVisible({ timeout: 15_000 });
  await expect(page.getByLabel("API key"), "what was pasted is still there").toHaveValue(KEY);
  expect((await fetch(`${purser.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${purser.url}/readyz`)).status).toBe(503);
  expect((await ask()).status, "a gateway that cannot check a token lets nobody in").toBe(503);
  await pause(Math.max(0, 10_000 - (Date.now() - gone)));
  wire.mend();

  await expect.poll(async () => (await fetch(`${purser.url}/readyz`)).status, { timeout: 10_000 }).toBe(200);
  await save(page);
  await expect(page.getByTestId("connection-status")).toHaveText(/^Connected/, { timeout: 15_000 });
  await page.getByRole("button", { name: "Sync Models & Profiles" }).click();
  await expect(page.getByTestId("models-table")).toBeVisible();
  await purser.end();
  wire.end();
  sql(`DROP DATABASE ${name} WITH (FORCE)`);
});

test("a full disk", async ({ page }) => {
  test.setTimeout(120_000);
  const disk = mkdtempSync(join(tmpdir(), "purser-disk-"));
  const mounted = ((): boolean => {
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], { stdio: "pipe" });
      return true;
    } catch {
      return false;
    }
  })();
  test.skip(!mounted, "needs the right to mount a small disk");
  const data = join(disk, "data");
  const purser = await Purser.start({ env: { PURSER_DATA_DIR: data } });
  purser.addUser(OWNER, "owner");
  await page.goto(`${purser.url}/login`);
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/providers/);
  await page.goto(`${purser.url}/platform/ai/providers/openai`);
  await hydrated(page);

  // To the last byte: what SQLite has in its files already may still be written over.
  const filler = join(disk, "filler");
  execFileSync("sh", ["-c", `cat /dev/zero > ${filler} || true`], { stdio: "pipe" });
  let said = false;
  for (let i = 0; i < 200 && !said; i++) {
    await page.getByLabel("API key").fill(KEY);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("button", { name: "Save", exact: true })).not.toHaveAttribute("aria-busy", "true");
    said = await page.getByText("The disk or database is full. Nothing was saved; make room and try again.").isVisible();
  }
  expect(said, "it says that the disk is full").toBe(true);
  expect((await fetch(`${purser.url}/healthz`)).status).toBe(200);

  rmSync(filler);
  await save(page);
  await expect(page.getByTestId("connection-status")).toHaveText(/^Connected/, { timeout: 15_000 });
  await purser.stop("SIGKILL");
  await purser.serve();
  await page.goto(`${purser.url}/platform/ai/providers/openai`);
  await expect(page.getByTestId("connection-status")).toHaveText(/^Connected/);
  await purser.end();
  execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true, force: true });
});
