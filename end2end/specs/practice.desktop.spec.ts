// What `make demo` offers with no account and no internet: the stand-in issuer's page, with Approve, Deny and Revoke now; and builds.
import { ended, log, start } from "../support/builds";
import { expect, hydrated, test } from "../support/test";

const status = "connection-status";

test("the practice issuer approves, denies, and takes a sign-in back", async ({ signedIn: page }) => {
  const open = async (): Promise<void> => {
    await page.goto("/platform/ai/providers/anthropic-sub?method=oauth");
    await hydrated(page);
  };
  const begin = (): Promise<void> => page.getByRole("button", { name: /^Sign in with Claude/ }).click();
  await open();
  await page.getByRole("button", { name: "I have read the rule: switch it on" }).click();

  await begin();
  await page.getByRole("button", { name: "Deny" }).click();
  await page.waitForURL(/anthropic-sub\?oauth=error&reason=access_denied/);
  await expect(page.getByTestId(status)).toHaveText(/^Not connected/);

  await open();
  await begin();
  await expect(page.getByRole("heading", { name: "Practice sign-in" })).toBeVisible();
  const issuer = page.url();
  await page.getByRole("button", { name: "Approve" }).click();
  await page.waitForURL(/anthropic-sub\?oauth=success/);
  await expect(page.getByTestId(status)).toHaveText(/^Connected · refreshes/);

  await page.goto(issuer);
  await page.getByRole("button", { name: "Revoke now" }).click();
  await expect(page.getByRole("heading", { name: "Revoked" })).toBeVisible();
  await page.goto("/platform/ai/providers/anthropic-sub");
  await hydrated(page);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByTestId(status)).toHaveText(/^Needs sign-in/);
});

test("a build runs with nothing installed, by a script in the program's place", async ({ signedIn: page }) => {
  await page.goto("/platform/ai/providers/xai?method=device_code");
  await hydrated(page);
  await page.getByRole("button", { name: "Sign in to Grok" }).click();
  const link = page.getByTestId("device-verification-url");
  await expect(link).toBeVisible({ timeout: 15_000 });
  const issuer = await page.context().newPage();
  await issuer.goto((await link.getAttribute("href")) ?? "");
  await issuer.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByTestId(status)).toHaveText(/^Connected/, { timeout: 20_000 });
  await start(page, "Try it.", { lending: "broker" });
  await ended(page, "Succeeded");
  await expect(log(page)).toContainText("Signed in through Purser's broker.");
  await expect(page.getByRole("link", { name: /^Download what it made \(1 file/ })).toBeVisible();
  await start(page, "fail, please");
  await ended(page, "Failed");
  await expect(log(page)).toContainText("an access token, and nothing that could fetch another");
});
