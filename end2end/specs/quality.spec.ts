// Accessibility, page weight, and pictures of every screen.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "../support/test";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
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

async function axe(page: Page): Promise<string[]> {
  await page.evaluate(axeSource); // runs in the page's own world; the strict CSP stays on
  const results = await page.evaluate(async () => {
    const found = await (window as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe.run();
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ").slice(0, 300)}`);
  });
  return results;
}

for (const scheme of ["light", "dark"] as const) {
  for (const [name, path] of PAGES) {
    test(`${name}, ${scheme}: no axe violations, nothing wider than the screen`, async ({ signedIn }, info) => {
      await signedIn.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await signedIn.goto(path);
      await hydrated(signedIn);
      await expect(signedIn.getByRole("heading", { level: 1 })).toBeVisible();
      expect(await axe(signedIn)).toEqual([]);
      const overflow = await signedIn.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow, "horizontal overflow").toBeLessThanOrEqual(0);
      await signedIn.screenshot({ path: `.artifacts/${name}-${info.project.name}-${scheme}.png`, fullPage: true });
    });
  }
}

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

// 450 kB is what it shall be and 350 kB the goal, the page itself and all it asks for until it can be used (see also WEIGHT in
// the Makefile, which is about the files alone); this only goes down.
const WEIGHT_CEILING = 460_000;

// By itself, since intercepting requests switches the cache off and what was preloaded would then be fetched twice.
test("the first load of a provider page weighs no more than it did", async ({ signedIn, purser }) => {
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
