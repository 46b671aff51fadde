// JavaScript runs and WASM never arrives: the page still reads, its forms still work.
import { expect, signIn, test } from "../support/test";
import { OWNER } from "../support/purser";

test("with WASM blocked, a key can still be saved", async ({ browser, purser }) => {
  const context = await browser.newContext({ baseURL: purser.url });
  await context.route(/\.wasm$/, (route) => route.abort());
  const page = await context.newPage();
  await signIn(page, OWNER);
  await page.goto("/platform/ai/providers/openai");
  await page.getByLabel("API key").fill("sk-practice-good-wasmless-9z9z");
  await page.getByRole("button", { name: "Save" }).click();
  await page.goto("/platform/ai/providers/openai");
  await expect(page.getByTestId("connection-status")).toHaveText(/^Connected/);
  await context.close();
});
