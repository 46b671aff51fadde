// Signing in at a provider through the browser, against a certified OAuth server: both token dialects, the paste path, a reload and a
// restart in the middle, silent refresh under a running stream, revocation at the issuer, signing in again, disconnecting.
import type { Browser, BrowserContext, Page, TestInfo } from "@playwright/test";
import { Issuer, signInOverlay } from "../support/issuer";
import { freePort, OWNER, Purser } from "../support/purser";
import { expect, hydrated, signIn, test, watch } from "../support/test";

type World = { purser: Purser; issuer: Issuer; page: Page; context: BrowserContext; html: string[]; end: () => Promise<void> };

async function world(browser: Browser, info: TestInfo, accessTokenSeconds = 3600): Promise<World> {
  const [purserPort, loopbackPort] = [await freePort(), await freePort()];
  const fixed = `http://localhost:${loopbackPort}/auth/callback`;
  const issuer = await Issuer.start({ redirectUris: [fixed, `http://localhost:${purserPort}/callback`], accessTokenSeconds });
  const overlay = signInOverlay(issuer, "codex", { redirectUri: fixed, pasteAt: true }) + signInOverlay(issuer, "anthropic-sub", { json: true, redirectUri: "/callback" });
  const purser = await Purser.start({ standIn: false, overlay, port: purserPort });
  purser.addUser(OWNER, "owner");
  const context = await browser.newContext({ ...info.project.use, baseURL: purser.url });
  const page = await context.newPage();
  const problems = watch(page);
  const html: string[] = [];
  page.on("response", async (response) => {
    if (response.url().startsWith(purser.url)) html.push(await response.text().catch(() => ""));
  });
  await signIn(page, OWNER);
  const end = async (): Promise<void> => {
    expect(problems, "errors in the browser").toEqual([]);
    await context.close();
    await purser.end();
    await issuer.end();
  };
  return { purser, issuer, page, context, html, end };
}

const open = async (page: Page, provider: string): Promise<void> => {
  await page.goto(`/platform/ai/providers/${provider}?method=oauth`);
  await hydrated(page);
};
const begin = (page: Page, name: string): Promise<void> => page.getByRole("button", { name: `Sign in with ${name}` }).click();
const approve = (page: Page): Promise<void> => page.getByRole("button", { name: "Approve" }).click();
const status = (page: Page) => page.getByTestId("connection-status");
const CODEX = "OpenAI Codex";

test("signs in where tokens are asked for by form, and both providers of the grant are connected", async ({ browser }, info) => {
  const { page, end } = await world(browser, info);
  await open(page, "codex");
  await begin(page, CODEX);
  await approve(page);
  await page.waitForURL(/\/platform\/ai\/providers\/codex\?oauth=success/);
  await expect(status(page)).toHaveText(/^Connected · refreshes \d\d:\d\d/);
  await expect(page.getByText("plan-holder@example.com").first()).toBeVisible();
  await page.goto("/platform/ai/providers/chatgpt");
  await expect(status(page)).toHaveText(/^Connected/);
  await end();
});

test("signs in where tokens are asked for as JSON with state, once an owner has switched it on", async ({ browser }, info) => {
  const { page, end } = await world(browser, info);
  await open(page, "anthropic-sub");
  await expect(page.getByRole("button", { name: /^Sign in with Claude/ })).toHaveCount(0);
  await page.getByRole("button", { name: "I have read the rule: switch it on" }).click();
  await page.getByRole("button", { name: /^Sign in with Claude/ }).click();
  await approve(page);
  await page.waitForURL(/\/platform\/ai\/providers\/anthropic-sub\?oauth=success/);
  await expect(status(page)).toHaveText(/^Connected/);
  await end();
});

test("says no in words when the person denies, and shows nothing the provider could have planted", async ({ browser }, info) => {
  const { page, end } = await world(browser, info);
  await open(page, "codex");
  await begin(page, CODEX);
  await page.getByRole("button", { name: "Deny" }).click();
  await page.waitForURL(/oauth=error&reason=access_denied/);
  await expect(page.getByText("says the sign-in was denied. Start again and choose Allow.")).toBeVisible();
  await expect(status(page)).toHaveText(/^Not connected/);
  await end();
});

test("takes a pasted answer when the browser cannot come back, after a reload and a restart in the middle", async ({ browser }, info) => {
  test.setTimeout(120_000);
  const { purser, page, context, end } = await world(browser, info);
  await open(page, "codex");
  await page.getByLabel(/My browser is not on the machine/).check();
  await begin(page, CODEX);
  await expect(page.getByTestId("sign-in-waiting")).toBeVisible();
  const [issuerPage] = await Promise.all([context.waitForEvent("page"), page.getByRole("link", { name: /Open the sign-in page/ }).click()]);
  await approve(issuerPage);
  const code = (await issuerPage.locator("#code").textContent()) ?? "";
  await page.reload();
  await expect(page.getByTestId("sign-in-waiting")).toBeVisible();
  await purser.stop("SIGKILL");
  await purser.serve();
  await page.reload();
  await hydrated(page);
  await page.getByLabel("Paste the address or code").fill("  not a code ");
  await page.getByRole("button", { name: "Finish sign-in" }).click();
  await expect(page.getByText("neither an address nor a code")).toBeVisible();
  await page.getByLabel("Paste the address or code").fill(code);
  await page.getByRole("button", { name: "Finish sign-in" }).click();
  await expect(status(page)).toHaveText(/^Connected/);
  await end();
});

test("comes back by itself although the server was restarted while the person was away", async ({ browser }, info) => {
  test.setTimeout(120_000);
  const { purser, page, end } = await world(browser, info);
  await open(page, "codex");
  await begin(page, CODEX);
  await expect(page.getByRole("button", { name: "Approve" })).toBeVisible();
  await purser.stop("SIGKILL");
  await purser.serve();
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await approve(page);
  await page.waitForURL(/\?oauth=success/);
  await expect(status(page)).toHaveText(/^Connected/);
  await end();
});

test("refreshes silently under a stream, asks for a new sign-in when revoked, and keeps everything when signed in again", async ({ browser }, info) => {
  test.setTimeout(150_000);
  const { purser, issuer, page, html, end } = await world(browser, info, 8);
  await open(page, "codex");
  await begin(page, CODEX);
  await approve(page);
  await page.waitForURL(/\?oauth=success/);
  await expect(status(page)).toHaveText(/^Connected/);

  const token = purser.createToken("agent", "inference");
  const ask = (prompt: string, stream: boolean): Promise<Response> =>
    fetch(`${purser.url}/v1/chat/completions`, {
      method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "codex/plan-model", stream, messages: [{ role: "user", content: prompt }] }),
    });
  await expect.poll(async () => (await ask("hello", false)).status, { timeout: 20_000 }).toBe(200);

  await test.step("a stream that outlives its token ends well, and the grant was refreshed meanwhile", async () => {
    const before = issuer.refreshed;
    const text = await (await ask("slowly", true)).text();
    expect(text).toContain("[DONE]");
    await expect.poll(() => issuer.refreshed, { timeout: 10_000 }).toBeGreaterThan(before);
    expect((await ask("again", false)).status).toBe(200);
    expect(issuer.refused, "refresh tokens used twice").toBe(0);
  });

  await test.step("an outage of the token endpoint is not the end of the sign-in", async () => {
    issuer.down = true;
    await new Promise((resolve) => setTimeout(resolve, 9000));
    await expect(status(page)).not.toHaveText(/^Needs sign-in/);
    issuer.down = false;
    await expect.poll(async () => (await ask("back", false)).status, { timeout: 30_000 }).toBe(200);
  });

  await test.step("revoked at the issuer: Needs sign-in, in the provider's words, without a reload", async () => {
    await issuer.revokeEverything();
    await page.getByRole("button", { name: "Test connection" }).click();
    await expect(status(page)).toHaveText(/^Needs sign-in/, { timeout: 15_000 });
  });

  await test.step("signing in again keeps models, and disconnecting revokes", async () => {
    await begin(page, CODEX);
    await approve(page);
    await page.waitForURL(/\?oauth=success/);
    await expect(status(page)).toHaveText(/^Connected/);
    await expect(page.getByTestId("models-table").getByText("plan-model")).toBeVisible();
    await hydrated(page);
    await page.getByRole("button", { name: "Disconnect", exact: true }).click();
    await page.getByRole("button", { name: "Yes, disconnect" }).click();
    await expect(status(page)).toHaveText(/^Not connected/);
  });

  await test.step("no code, verifier, state or token of any kind was left lying about", async () => {
    const written = purser.writtenFiles();
    for (const secret of issuer.secrets) {
      const needle = Buffer.from(secret);
      for (const file of written) expect(file.bytes.includes(needle), `a secret in ${file.path}`).toBe(false);
      for (const text of html) expect(text.includes(secret), "a secret in a page").toBe(false);
    }
  });
  await end();
});
