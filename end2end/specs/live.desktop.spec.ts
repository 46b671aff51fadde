// What one browser does, another sees within a second, without reloading.
import { expect, hydrated, signIn, test } from "../support/test";
import { OWNER } from "../support/purser";

const chip = (page: import("@playwright/test").Page, id: string) => page.getByTestId(`provider-row-${id}`).getByTestId("connection-status");

test("a second browser sees each status change within a second", async ({ signedIn, browser, purser }) => {
  const other = await browser.newContext({ baseURL: purser.url });
  const watcher = await other.newPage();
  await signIn(watcher, OWNER);
  await watcher.goto("/platform/ai/providers");
  await hydrated(watcher);
  await watcher.waitForTimeout(500); // the event stream opens after hydration

  await signedIn.goto("/platform/ai/providers/mistral");
  await hydrated(signedIn);
  await signedIn.getByLabel("API key").fill("practice-empty-key-00001111");
  await signedIn.getByRole("button", { name: "Save" }).click();
  await expect(signedIn.getByTestId("connection-status")).toHaveText(/^No funds/);
  await expect(chip(watcher, "mistral")).toHaveText(/^No funds/, { timeout: 1000 });

  await signedIn.getByLabel("API key").fill("practice-good-key-00002222");
  await signedIn.getByRole("button", { name: "Save" }).click();
  await expect(signedIn.getByTestId("connection-status")).toHaveText(/^Connected/);
  await expect(chip(watcher, "mistral")).toHaveText(/^Connected/, { timeout: 1000 });

  purser.run(["token", "create", "--user", OWNER.email, "--name", "from-the-shell", "--scopes", "read"]);
  await other.close();
});

test("a local engine is found, stops and comes back by itself", async ({ signedIn, purser }) => {
  await signedIn.goto("/platform/ai/providers");
  await hydrated(signedIn);
  await expect(chip(signedIn, "ollama")).toHaveText(/^Connected/, { timeout: 20_000 });
  await fetch(`${purser.standInUrl}/switch/off`, { method: "POST" });
  await expect(chip(signedIn, "ollama")).toHaveText(/^Unreachable/, { timeout: 25_000 });
  await fetch(`${purser.standInUrl}/switch/on`, { method: "POST" });
  await expect(chip(signedIn, "ollama")).toHaveText(/^Connected/, { timeout: 25_000 });
});
