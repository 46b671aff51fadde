// What every screen must be: accessible, and no wider than the screen it is shown on.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page, TestInfo } from "@playwright/test";
import { expect } from "./test";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds, a line each. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(axeSource); // runs in the page's own world; the strict CSP stays on
  return page.evaluate(async () => {
    const found = await (window as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe.run();
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ").slice(0, 300)}`);
  });
}

/** Looks at a page in one colour scheme, and keeps a picture of it. Goes on when something is wrong, and fails at the end. */
export async function look(page: Page, info: TestInfo, name: string, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  // Painted in the new colours before they are measured.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect.soft(await axe(page), `${name}, ${colorScheme}`).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(overflow, `${name}: horizontal overflow`).toBeLessThanOrEqual(0);
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `.artifacts/${name}-${info.project.name}-${colorScheme}.png`, fullPage: true });
}
