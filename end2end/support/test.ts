// The test object: a Purser of its own per file, an owner account, pages that fail on any console or page error.
import { test as base, expect, type Page } from "@playwright/test";
import { OWNER, Purser } from "./purser";

type Fixtures = { signedIn: Page };
type WorkerFixtures = { purser: Purser };

export const test = base.extend<Fixtures, WorkerFixtures>({
  purser: [
    async ({}, use) => {
      const purser = await Purser.start();
      purser.addUser(OWNER, "owner");
      await use(purser);
      await purser.end();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ purser }, use) => use(purser.url),
  page: async ({ page }, use) => {
    const problems = watch(page);
    await use(page);
    expect(problems, "errors in the browser").toEqual([]);
  },
  signedIn: async ({ page }, use) => {
    await signIn(page, OWNER);
    await use(page);
  },
});

/** Collects console errors and uncaught exceptions; answers the server means to give (4xx) are not among them. */
export function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) problems.push(message.text());
  });
  return problems;
}

export async function signIn(page: Page, user: { email: string; password: string }): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("Email").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/platform\/ai\/providers/);
}

/** The page's script has taken over: buttons do what they do with JavaScript. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
}

export { expect };
