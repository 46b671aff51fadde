// Builds, in browsers: the vendor's genuine program and scripts in its place, in the build sandbox, on a borrowed credential.
import type { Page, TestInfo } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUILDS, SCRIPT, ended, fill, goodArchive, isRunning, log, press, start, status, strangeArchive } from "../support/builds";
import { ANSWER } from "../support/grok-chat";
import { look } from "../support/look";
import { expect, hydrated, test } from "../support/test";
import { MISSING_GROK, connect, genuineGrok, nothingSecretIn, world } from "../support/xai";

const OPERATOR = { name: "Olga Operator", email: "olga@example.com", password: "another horse battery staple" };
const VIEWER = { name: "Vic Viewer", email: "vic@example.com", password: "a third horse battery staple" };

const pictures = async (page: Page, info: TestInfo, name: string): Promise<void> => {
  for (const scheme of ["light", "dark"] as const) await look(page, info, `builds-${name}`, scheme);
};

test("the vendor's own program works on builds, on lent and on brokered tokens", async ({ browser }, info) => {
  test.setTimeout(180_000);
  const program = genuineGrok();
  test.skip(!program, MISSING_GROK);
  const here = await world(browser, info, { program });
  const { page, chat, purser, issuer } = here;
  await connect(here);
  chat.waitMs = 3000;
  const first = await start(page, "Say that you are done.");
  await expect(status(page)).toHaveText(/^Running/, { timeout: 20_000 });
  await expect(page.getByTestId("build-elapsed")).toHaveText(/^0:0[1-9]$/);
  await expect(log(page)).toContainText(ANSWER, { timeout: 30_000 });
  await ended(page, "Succeeded");
  await expect(page.getByText("Ran for")).toBeVisible();
  expect(chat.bearers.size, "one token for all of it").toBe(1);

  chat.waitMs = 0;
  await page.getByRole("button", { name: "Start again" }).click();
  await page.waitForURL((url) => url.pathname.startsWith(`${BUILDS}/`) && url.href !== first);
  await expect(log(page)).toContainText(ANSWER, { timeout: 30_000 });
  await ended(page, "Succeeded");

  await start(page, "Say it again, through the broker.", { lending: "broker", archive: goodArchive() });
  await ended(page, "Succeeded");
  await expect(log(page)).toContainText(ANSWER);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Download what it made/ }).click()]);
  expect(execFileSync("tar", ["-tf", await download.path()]).toString()).toContain("given/hello.txt");

  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link").click();
  await expect(page.locator(".build-row")).toHaveCount(3);
  await expect(page.locator(".build-row").first()).toContainText("through the broker");
  nothingSecretIn(purser, issuer);
  await here.end();
});

test("a log comes while its build runs, as text and nothing else; what was made can be taken", async ({ browser }, info) => {
  test.setTimeout(180_000);
  const here = await world(browser, info, { script: SCRIPT });
  const { page, purser, issuer } = here;
  await page.goto(BUILDS);
  await hydrated(page);
  await expect(page.getByText("Sign in to xAI (Grok) first")).toBeVisible();
  await pictures(page, info, "not-ready");
  await page.goto("/platform/ai/providers/xai?method=device_code");
  await hydrated(page);
  await connect(here);
  await page.goto(BUILDS);
  await hydrated(page);
  await expect(page.getByText("No builds yet")).toBeVisible();
  await pictures(page, info, "empty");

  await start(page, "make a file");
  await expect(log(page)).toContainText("line 1");
  expect(await log(page).textContent()).not.toContain("line 3");
  await pictures(page, info, "running");
  await expect(log(page)).toHaveText("line 1\nline 2\nline 3\n", { timeout: 20_000 });
  await ended(page, "Succeeded");
  await pictures(page, info, "succeeded");
  await page.reload();
  await hydrated(page);
  await expect(log(page)).toHaveText("line 1\nline 2\nline 3\n");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Download what it made \(1 file/ }).click()]);
  expect(execFileSync("tar", ["-tf", await download.path()]).toString()).toContain("made.txt");

  await start(page, "colours, please");
  await ended(page, "Succeeded");
  await expect(log(page)).toHaveText("red bold <script>alert(1)</script> &lt; end\n");
  await expect(log(page).locator(".log-red")).toHaveText("red");
  expect(await page.title()).toBe("colours, please · Purser");

  await start(page, `fail, and say why.\n${"A long prompt goes on and on. ".repeat(60)}`);
  await ended(page, "Failed");
  await expect(status(page)).toContainText("exit code 3");
  await expect(log(page)).toHaveText("it went wrong\n");
  await page.getByText("The whole prompt").click();
  await pictures(page, info, "failed");

  await start(page, "scroll to the end");
  await expect(log(page)).toContainText("row 300");
  const place = (): Promise<number> => log(page).evaluate((pre) => Math.round(pre.scrollHeight - pre.scrollTop - pre.clientHeight));
  expect(await place(), "at the end").toBeLessThan(9);
  await log(page).evaluate((pre) => (pre.scrollTop = 40));
  await expect(log(page)).toContainText("last row", { timeout: 20_000 });
  expect(await log(page).evaluate((pre) => pre.scrollTop), "where the reader was").toBe(40);
  await page.goto(BUILDS);
  await hydrated(page);
  await pictures(page, info, "list");
  nothingSecretIn(purser, issuer);
  await here.end();
});

test("others see a build at once, one waits for the other, and cancelling ends every process", async ({ browser }, info) => {
  test.setTimeout(120_000);
  const here = await world(browser, info, { script: SCRIPT, env: { PURSER_BUILDS_AT_ONCE: "1" } });
  const { page, purser } = here;
  purser.addUser(OPERATOR, "operator");
  purser.addUser(VIEWER, "viewer");
  await connect(here);
  const other = await here.browserOf(OPERATOR);
  await other.goto(BUILDS);
  await hydrated(other);
  await other.waitForTimeout(500); // the event stream opens after hydration

  const seconds = `7000.${Date.now()}`;
  const first = await start(page, `sleep ${seconds}`);
  await expect(log(page)).toHaveText("sleeping\n", { timeout: 20_000 });
  await expect(status(other)).toHaveText(/^Running/);
  expect(isRunning(seconds)).toBe(true);

  await start(other, "make it, later");
  await expect(status(other)).toHaveText("Queued One build runs at a time, and one is running; this one is next.");
  await pictures(other, info, "queued");

  await page.getByRole("button", { name: "Cancel build" }).click();
  await page.waitForTimeout(2500); // the page is told of the build meanwhile, and the question stays
  await page.getByRole("button", { name: "Cancel the build" }).click();
  await ended(page, "Cancelled");
  expect(isRunning(seconds)).toBe(false);
  await expect(status(other)).toHaveText(/^(Running|Succeeded)/, { timeout: 20_000 });

  const viewer = await here.browserOf(VIEWER);
  for (const path of [BUILDS, new URL(first).pathname]) {
    await viewer.goto(path);
    await hydrated(viewer);
    await expect(viewer.getByRole("alert").first()).not.toBeEmpty();
    await expect(viewer.getByText(seconds)).toHaveCount(0);
    await expect(viewer.getByLabel("Prompt")).toHaveCount(0);
  }
  await here.end();
});

test("an archive is unpacked for its build, a bad one is refused beside its field, and what was typed stays", async ({ browser }, info) => {
  test.setTimeout(120_000);
  const roots = mkdtempSync("/var/tmp/purser-e2e-roots-");
  mkdirSync(join(roots, "given"));
  writeFileSync(join(roots, "given/hello.txt"), "hello from the folder\n");
  const here = await world(browser, info, { script: SCRIPT, env: { PURSER_BUILD_ROOTS: roots } });
  const { page } = here;
  await connect(here);
  await page.goto(BUILDS);
  await hydrated(page);
  const wrong = page.locator("#field-archive-error");
  const large = join(mkdtempSync(join(tmpdir(), "purser-large-")), "large.tar");
  writeFileSync(large, Buffer.alloc(64 * 1024 * 1024 + 1));
  for (const [archive, words] of [
    [{ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no archive") }, "not a tar or tar.gz archive"],
    [strangeArchive("../out", "0"), "not a path below the workspace"],
    [strangeArchive("device", "3"), "neither a file nor a folder"],
    [large, "larger than 64 MiB"],
  ] as const) {
    await fill(page, "read what I gave you", { archive });
    await press(page);
    await expect(wrong).toContainText(words, { timeout: 30_000 });
    await expect(page.getByLabel("Prompt")).toHaveValue("read what I gave you");
  }
  await pictures(page, info, "wrong");
  await fill(page, "read what I gave you", { archive: goodArchive() });
  await press(page);
  await page.waitForURL(/\/builds\/[0-9a-f-]{36}$/);
  await ended(page, "Succeeded");
  await expect(log(page)).toHaveText("hello from the archive\n");
  await expect(page.getByRole("button", { name: "Start again" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Upload the archive again" })).toBeVisible();

  await page.goto(BUILDS);
  await hydrated(page);
  await fill(page, "read the folder", { folder: "/etc" });
  await press(page);
  await expect(page.locator("#field-folder-error")).toContainText("not below a folder that is open to builds");
  await expect(page.getByLabel("Prompt")).toHaveValue("read the folder");
  await page.getByLabel("Folder", { exact: true }).fill(roots);
  await press(page);
  await page.waitForURL(/\/builds\/[0-9a-f-]{36}$/);
  await ended(page, "Succeeded");
  await expect(log(page)).toHaveText("hello from the folder\n");
  await here.end();
  for (const folder of [roots, join(large, "..")]) rmSync(folder, { recursive: true, force: true });
});
