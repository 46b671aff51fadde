// The whole story: setup → catalogue → wrong key → right key → Connected → sync → Try it → access token → gateway with
// the official SDK → usage → disconnect → "Provider not configured". Then a search for every secret that was used.
import OpenAI from "openai";
import { Purser, OWNER } from "../support/purser";
import { expect, hydrated, test as base, watch } from "../support/test";

const GOOD = "sk-practice-good-abcdefgh1a2B";
const WRONG = "sk-practice-nonsense-98765432";

const test = base;

test("an operator connects a provider, an agent uses it, and nothing secret is left lying about", async ({ browser }, info) => {
  test.setTimeout(90_000);
  const purser = await Purser.start();
  const context = await browser.newContext({ ...info.project.use, baseURL: purser.url });
  const page = await context.newPage();
  const problems = watch(page);
  const html: string[] = [];
  page.on("response", async (response) => {
    if (!response.url().includes("create_access_token")) html.push(await response.text().catch(() => ""));
  });

  await test.step("setup through the loopback rule", async () => {
    await page.goto("/");
    await expect(page).toHaveURL(/\/setup/);
    await page.getByLabel("Your name").fill(OWNER.name);
    await page.getByLabel("Email").fill(OWNER.email);
    await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await page.getByLabel("Repeat password").fill(OWNER.password);
    await page.getByRole("button", { name: "Create owner account" }).click();
    await expect(page.getByRole("heading", { name: "External Services" })).toBeVisible();
  });

  await test.step("a wrong key is refused, in the provider's own words", async () => {
    await page.getByTestId("provider-row-openai").click();
    await hydrated(page);
    await expect(page.getByLabel("Authentication Method")).toHaveValue("api_key");
    await page.getByLabel("API key").fill(WRONG);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Incorrect API key provided").first()).toBeVisible();
    await expect(page.getByTestId("connection-status")).toHaveText(/^Not connected/);
  });

  await test.step("the right key is Connected, and models arrive", async () => {
    await page.getByLabel("API key").fill(`  ${GOOD}\n`);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByTestId("connection-status")).toHaveText(/^Connected/);
    await expect(page.getByText("…1a2B").first()).toBeVisible();
    await page.getByRole("button", { name: "Sync Models & Profiles" }).click();
    await expect(page.getByText(/5 found/).first()).toBeVisible();
    await expect(page.getByTestId("models-table").getByText("gpt-5.2-mini")).toBeVisible();
  });

  await test.step("Try it streams", async () => {
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByLabel("Prompt").fill("Say something about ships");
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.getByTestId("try-it-answer")).toContainText("Grüße aus dem Hafen 🚢");
    await expect(page.getByText(/\d+ ms/).first()).toBeVisible();
  });

  const token = await test.step("an access token, shown once", async () => {
    await page.goto("/platform/ai/access");
    await hydrated(page);
    await page.getByRole("button", { name: "New access token" }).click();
    await page.getByLabel("Name", { exact: true }).fill("release-bot");
    await page.getByRole("button", { name: /^Create/ }).click();
    const value = (await page.getByTestId("access-token-value").textContent())?.trim() ?? "";
    expect(value).toMatch(/^pur_/);
    await page.reload();
    await expect(page.getByTestId("access-token-value")).toHaveCount(0);
    await expect(page.getByText("release-bot").first()).toBeVisible();
    return value;
  });

  const client = new OpenAI({ apiKey: token, baseURL: `${purser.url}/v1`, maxRetries: 0 });
  await test.step("the official SDK, whole and streamed", async () => {
    const models = await client.models.list();
    expect(models.data.map((model) => model.id)).toContain("openai/gpt-5.2-mini");
    const messages = [{ role: "user" as const, content: "hello there" }];
    const whole = await client.chat.completions.create({ model: "openai/gpt-5.2-mini", messages });
    expect(whole.choices[0]?.message.content).toContain("gpt-5.2-mini");
    let text = "";
    for await (const chunk of await client.chat.completions.create({ model: "gpt-5.2", messages, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
    }
    expect(text).toContain("🚢");
  });

  await test.step("usage rows", async () => {
    await page.goto("/platform/ai/usage");
    await expect(page.getByRole("cell", { name: "release-bot" }).first()).toBeVisible();
    await expect(page.getByTestId("usage-requests").getByText("gpt-5.2", { exact: true }).first()).toBeVisible();
  });

  await test.step("disconnect, and the gateway says so", async () => {
    await page.goto("/platform/ai/providers/openai");
    await hydrated(page);
    await page.getByRole("button", { name: "Disconnect", exact: true }).click();
    await page.getByRole("button", { name: "Yes, disconnect" }).click();
    await expect(page.getByTestId("connection-status")).toHaveText(/^Not connected/);
    const refused = await client.chat.completions
      .create({ model: "openai/gpt-5.2", messages: [{ role: "user", content: "x" }] })
      .catch((error: Error) => error.message);
    expect(refused).toContain("Provider not configured — add an API key or sign in.");
  });

  await test.step("no secret anywhere", async () => {
    const cookies = await context.cookies();
    const session = cookies.find((cookie) => cookie.name.includes("purser_session"))?.value ?? "";
    expect(session.length).toBeGreaterThan(30);
    const metrics = await fetch(`${purser.url}/metrics`).then((r) => r.text());
    const secrets = { GOOD, WRONG, token, session, password: OWNER.password };
    await purser.stop();
    const places = [...purser.writtenFiles(), { path: "pages", bytes: Buffer.from(html.join("\n")) }, { path: "metrics", bytes: Buffer.from(metrics) }];
    for (const [name, secret] of Object.entries(secrets)) {
      for (const place of places) expect(place.bytes.includes(secret), `${name} in ${place.path}`).toBe(false);
    }
  });

  expect(problems).toEqual([]);
  await context.close();
  await purser.end();
});
