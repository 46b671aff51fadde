// Without JavaScript every page reads and every form that can work does.
import { expect, signIn, test } from "../support/test";
import { OWNER } from "../support/purser";

test("sign in, connect, be refused, test, disconnect", async ({ page }) => {
  await signIn(page, OWNER);
  await page.goto("/platform/ai/providers/groq");
  await page.getByLabel("API key").fill("gsk_practice-wrong-key-1");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Incorrect API key provided").first()).toBeVisible();
  await page.getByLabel("API key").fill("gsk_practice-good-key-1Zx9");
  await page.getByRole("button", { name: "Save" }).click();
  await page.goto("/platform/ai/providers/groq");
  await expect(page.getByTestId("connection-status")).toHaveText(/^Connected/);
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByTestId("connection-status")).toHaveText(/^Connected/);
  await page.getByRole("button", { name: "Disconnect", exact: true }).click();
  await page.getByRole("button", { name: "Yes, disconnect" }).click();
  await page.goto("/platform/ai/providers/groq");
  await expect(page.getByTestId("connection-status")).toHaveText(/^Not connected/);
});

test("wrong password says so, search and filters work by themselves", async ({ page }) => {
  await page.goto("/login");
  await page.getByLabel("Email").fill(OWNER.email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("do not match an account")).toBeVisible();
  await signIn(page, OWNER);
  await page.goto("/platform/ai/providers?q=mistral");
  await expect(page.getByTestId("provider-row-mistral")).toBeVisible();
  await expect(page.getByTestId("provider-row-openai")).toHaveCount(0);
});

for (const path of ["/platform/ai/access", "/platform/ai/usage", "/platform/audit", "/platform/settings"]) {
  test(`${path} reads`, async ({ page }) => {
    await signIn(page, OWNER);
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  });
}
