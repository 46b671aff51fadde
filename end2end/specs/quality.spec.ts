// Accessibility, page weight, and pictures of every screen.
import type { Page, TestInfo } from "@playwright/test";
import { axe, look } from "../support/look";
import { OWNER, Purser } from "../support/purser";
import { expect, hydrated, signIn, test, watch } from "../support/test";

const PAGES: [string, string][] = [
  ["list", "/platform/ai/providers"],
  ["detail", "/platform/ai/providers/anthropic"],
  ["detail-device", "/platform/ai/providers/xai"],
  ["access", "/platform/ai/access"],
  ["usage", "/platform/ai/usage"],
  ["audit", "/platform/audit"],
  ["notifications", "/platform/notifications"],
  ["settings", "/platform/settings"],
];

for (const scheme of ["light", "dark"] as const) {
  for (const [name, path] of PAGES) {
    test(`${name}, ${scheme}: no axe violations, nothing wider than the screen`, async ({ signedIn }, info) => {
      await signedIn.goto(path);
      await hydrated(signedIn);
      await expect(signedIn.getByRole("heading", { level: 1 })).toBeVisible();
      await look(signedIn, info, name, scheme);
    });
  }
}

const FINANCE: [string, string][] = [
  ["spend", "/finance/spend"],
  ["ai-spend", "/finance/spend/ai"],
  ["ai-spend-none", "/finance/spend/ai?show=renewing"],
  ["suppliers", "/finance/suppliers"],
  ["work-items", "/finance/work-items"],
  ["bills", "/finance/bills"],
  ["jobs", "/finance/jobs"],
];

/** Pages of one thing each, from the lists that lead there: the first page's address, and a link on it. */
const ONES: [string, string, RegExp][] = [
  ["one-supplier", "/finance/suppliers", /\/finance\/suppliers\//],
  ["one-contract", "/finance/spend/ai", /\/finance\/contracts\//],
  ["one-bill", "/finance/bills", /\/finance\/bills\//],
];

async function shown(page: Page, info: TestInfo, name: string): Promise<void> {
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page, info, `finance-${name}`, "light");
  await look(page, info, `finance-${name}`, "dark");
}

// A hundred days of made-up history, as `make demo` shows them; and nothing at all.
test("Finance's screens, full and empty: no axe violations, nothing wider than the screen", async ({ browser }, info) => {
  test.setTimeout(180_000);
  const purser = await Purser.start({ env: { PURSER_PRACTICE: "1" } });
  purser.addUser(OWNER, "owner");
  const context = await browser.newContext({ ...info.project.use, baseURL: purser.url });
  const page = await context.newPage();
  const problems = watch(page);
  await signIn(page, OWNER);
  for (const [name, path] of FINANCE.filter(([name]) => !name.endsWith("-none"))) {
    await page.goto(path);
    await shown(page, info, `${name}-empty`);
  }
  purser.run(["practice"]);
  for (const [name, path] of FINANCE) {
    await page.goto(path);
    await shown(page, info, name);
  }
  for (const [name, path, leads] of ONES) {
    await page.goto(path);
    await hydrated(page);
    const hrefs = await page.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
    const href = hrefs.find((href) => leads.test(href));
    expect(href, `a link on ${path}`).toBeTruthy();
    await page.goto(href ?? "");
    await shown(page, info, name);
  }
  await page.goto("/finance/providers/anthropic");
  await shown(page, info, "one-provider");
  expect(problems, "errors in the browser").toEqual([]);
  await context.close();
  await purser.end();
});

test("login and setup pages are accessible", async ({ page }) => {
  await page.goto("/login");
  await hydrated(page);
  expect(await axe(page)).toEqual([]);
});

test("a provider page shows its content before WASM arrives", async ({ signedIn, purser }) => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await signedIn.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  await signedIn.goto(`${purser.url}/platform/ai/providers/anthropic`, { waitUntil: "commit" });
  await expect(signedIn.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(signedIn.getByLabel("API key")).toBeVisible();
  expect(await signedIn.evaluate(() => document.documentElement.dataset.hydrated)).toBeUndefined();
  release();
  await hydrated(signedIn);
});

// The page itself and all it asks for until it can be used (see also WEIGHT in the Makefile, which is about the files alone);
// 350 kB is the goal, and this only goes down.
const WEIGHT_CEILING = 450_000;

// By itself, since intercepting requests switches the cache off and what was preloaded would then be fetched twice.
test("the first load of a provider page weighs no more than it may", async ({ signedIn, purser }) => {
  const session = await signedIn.context().newCDPSession(signedIn);
  await session.send("Network.enable");
  await signedIn.goto("about:blank");
  await session.send("Network.clearBrowserCache");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  await signedIn.goto(`${purser.url}/platform/ai/providers/anthropic`);
  await hydrated(signedIn);
  await signedIn.waitForLoadState("load");
  test.info().annotations.push({ type: "transferred", description: `${Math.round(bytes / 1000)} kB` });
  console.log(`      first load of a provider page: ${Math.round(bytes / 1000)} kB`);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThanOrEqual(WEIGHT_CEILING);
});
