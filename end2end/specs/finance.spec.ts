// Finance: two providers are connected, their suppliers and draft contracts appear by themselves, a contract is completed, days pass,
// a plan falls behind and recovers, a bill is drafted, everything is exported. Who may not see it does not.
import { readFileSync } from "node:fs";
import type { Browser, Page, TestInfo } from "@playwright/test";
import { look } from "../support/look";
import { OWNER, Purser } from "../support/purser";
import { expect, hydrated, signIn, test, watch } from "../support/test";

const KEY = "sk-practice-good-abcdefgh1a2B";
const person = (name: string) => ({ name, email: `${name.toLowerCase()}@example.com`, password: "correct horse battery staple" });
const FINN = person("Finn");
const OLGA = person("Olga");
const VERA = person("Vera");

/** Days from now as `2026-11-23`. */
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function as(browser: Browser, purser: Purser, info: TestInfo, user: { email: string; password: string }) {
  const context = await browser.newContext({ ...info.project.use, baseURL: purser.url });
  const page = await context.newPage();
  const problems = watch(page);
  await signIn(page, user);
  return { page, end: async () => { expect(problems, "errors in the browser").toEqual([]); await context.close(); } };
}

const go = async (page: Page, path: string): Promise<void> => {
  await page.goto(path);
  await hydrated(page);
};

/** A look in both themes. */
async function looked(page: Page, info: TestInfo, name: string): Promise<void> {
  await look(page, info, `story-${name}`, "light");
  await look(page, info, `story-${name}`, "dark");
}

/** Runs a job as if it were so many days later; practice mode only. */
async function runJob(page: Page, job: string, days: number): Promise<void> {
  await go(page, "/finance/jobs");
  const card = page.locator(`#job-${job}`);
  await card.getByLabel("Pretend it is").fill(`${day(days)}T09:00:00Z`);
  await card.getByRole("button", { name: "Run now" }).click();
  await expect(card.getByText("Succeeded")).toBeVisible();
}

test("a plan from hand-off to export", async ({ browser }, info) => {
  test.setTimeout(180_000);
  const purser = await Purser.start({ env: { PURSER_PRACTICE: "1" } });
  purser.addUser(OWNER, "owner");
  purser.addUser(FINN, "finance");
  purser.addUser(OLGA, "operator");
  purser.addUser(VERA, "viewer");
  const operator = await as(browser, purser, info, OLGA);
  const owner = await as(browser, purser, info, OWNER);
  const finance = await as(browser, purser, info, FINN);

  await test.step("one by key, and the panel shows draft ownership at once, without amounts", async () => {
    const page = operator.page;
    await go(page, "/platform/ai/providers/anthropic");
    await page.getByLabel("API key").fill(KEY);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByTestId("connection-status")).toHaveText(/^Connected/);
    const panel = page.getByRole("region", { name: "Finance Bridge" });
    await expect(panel.getByTestId("finance-status")).toContainText("Seeded (draft)");
    await expect(panel.getByTestId("finance-supplier")).toHaveText(/^Anthropic/);
    await expect(panel.getByTestId("finance-contract")).toContainText("Draft");
    await expect(panel.getByTestId("finance-open-items")).toHaveText(/^\d/);
    await expect(panel.getByText("Commitment")).toHaveCount(0);
    await page.getByRole("button", { name: "Sync Models & Profiles" }).click();
    await expect(page.getByText(/\d found/).first()).toBeVisible();
  });

  await test.step("one by signing in, and its panel shows draft ownership at once, too", async () => {
    const page = owner.page;
    await go(page, "/platform/ai/providers/anthropic-sub?method=oauth");
    const allow = page.getByRole("button", { name: "I have read the rule: switch it on" });
    if (await allow.isVisible()) await allow.click();
    await page.getByRole("button", { name: /^Sign in with Claude/ }).click();
    await page.getByRole("button", { name: "Approve" }).click();
    await page.waitForURL(/anthropic-sub\?oauth=success/);
    await expect(page.getByTestId("connection-status")).toHaveText(/^Connected/);
    const panel = page.getByRole("region", { name: "Finance Bridge" });
    await expect(panel.getByTestId("finance-status")).toContainText("Seeded (draft)");
    await expect(panel.getByTestId("finance-supplier")).toHaveText(/^Anthropic/);
    await expect(panel.getByTestId("finance-contract")).toContainText("Draft");
    await expect(panel.getByTestId("finance-open-items")).toHaveText(/^\d/);
  });

  const page = finance.page;
  const contract = await test.step("both are on AI spend, under one supplier", async () => {
    await go(page, "/finance/spend/ai");
    const rows = page.getByTestId("spend-contracts").getByRole("row").filter({ hasText: "Anthropic" });
    await expect(rows).toHaveCount(2);
    await go(page, "/finance/suppliers");
    await expect(page.getByRole("link", { name: /Anthropic/ })).toHaveCount(1);
    await page.getByRole("link", { name: /Anthropic/ }).click();
    await expect(page.locator("#providers").getByRole("row")).toHaveCount(3);
    await looked(page, info, "supplier");
    await go(page, "/finance/spend/ai");
    await page.getByTestId("spend-contracts").getByRole("row").filter({ hasText: "Claude / Anthropic (API" }).or(
      page.getByTestId("spend-contracts").getByRole("row").filter({ hasNotText: /Sub|Supplier/ }),
    ).first().getByRole("link", { name: /^AIC-/ }).click();
    await expect(page.getByRole("heading", { name: "Terms" })).toBeVisible();
    return new URL(page.url()).pathname;
  });

  await test.step("activation names what is missing, beside each field, and what was typed stays", async () => {
    await go(page, contract);
    await page.getByLabel("Contract type").selectOption("subscription");
    await page.getByLabel("Committed amount").fill("300.00");
    await looked(page, info, "contract-draft");
    await page.getByRole("button", { name: "Activate" }).click();
    const currency = page.getByLabel("Currency", { exact: true }).first();
    await expect(currency).toHaveAttribute("aria-invalid", "true");
    await expect(page.locator("#field-currency-error")).toHaveText("this is still needed");
    await expect(page.locator("#field-start_date-error")).toHaveText("this is still needed");
    await expect(page.getByLabel("Committed amount")).toHaveValue("300.00");
    await looked(page, info, "contract-missing");
  });

  await test.step("two people edit one contract: the later one sees it and loses nothing", async () => {
    const other = await as(browser, purser, info, OWNER);
    await go(other.page, contract);
    await other.page.getByLabel("Currency", { exact: true }).first().fill("USD");
    await other.page.getByRole("button", { name: "Save draft" }).click();
    await expect(other.page.getByText("Saved.")).toBeVisible();
    await other.end();
    await expect(page.getByText(/saved this while you were editing/)).toBeVisible();
    await expect(page.getByText("Currency: nothing → USD")).toBeVisible();
    await expect(page.getByLabel("Committed amount")).toHaveValue("300.00");
    await page.getByRole("button", { name: "Keep my entries" }).click();
  });

  await test.step("completed and activated, and its plan-details item closes by itself", async () => {
    await page.getByLabel("Budget owner").selectOption({ label: FINN.name });
    await page.getByLabel("Currency", { exact: true }).first().fill("USD");
    await page.getByLabel("Billing cadence").selectOption("monthly");
    await page.getByLabel("Start date").fill(day(-10));
    await page.getByLabel("Allowance", { exact: true }).fill("Requests");
    await page.getByLabel("Counts").selectOption("requests");
    await page.getByLabel("Included quantity").fill("40");
    await page.getByLabel("Unit", { exact: true }).fill("Requests");
    await page.getByRole("button", { name: "Activate" }).click();
    await expect(page.locator(".finance-head").getByText("Active")).toBeVisible();
    await expect(page.locator("#items").getByText(/plan details/i)).toHaveCount(0);
  });

  const token = purser.createToken("agent", "inference");
  const ask = async (): Promise<void> => {
    const body = { model: "anthropic/claude-sonnet-4-6", messages: [{ role: "user", content: "hi" }], max_tokens: 16 };
    const answer = await fetch(`${purser.url}/v1/chat/completions`, {
      method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: JSON.stringify(body),
    });
    expect(answer.status, await answer.text()).toBe(200);
  };

  await test.step("three days of little use: utilisation, projection and an underuse item", async () => {
    await ask();
    await ask();
    for (const days of [1, 2, 3]) await runJob(page, "evaluation", days);
    await go(page, contract);
    await expect(page.locator("#utilisation").getByText(/5\.0 % used, day \d+ of \d+ → \d+\.\d % projected/)).toBeVisible();
    await expect(page.locator("#items").getByRole("row").filter({ hasText: /Use or reduce/ })).toHaveCount(1);
    await looked(page, info, "contract-active");
    await go(page, "/finance/spend/ai");
    await expect(page.getByText(/\d+ Requests left on/)).toBeVisible();
    await looked(page, info, "ai-spend");
    await go(page, "/finance/work-items");
    await expect(page.getByTestId("work-item").filter({ hasText: "Underuse" })).toHaveCount(1);
    await looked(page, info, "work-items");
  });

  await test.step("use recovers, and the item closes", async () => {
    for (let i = 0; i < 15; i++) await ask();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await runJob(page, "evaluation", 4);
    await go(page, "/finance/work-items");
    await expect(page.getByTestId("work-item").filter({ hasText: "Underuse" })).toHaveCount(0);
    await go(page, "/finance/work-items?status=done&kind=underuse_attention");
    await expect(page.getByText(/Closed by itself: the projection recovered/)).toBeVisible();
  });

  await test.step("a draft bill, reviewed, and the export", async () => {
    await runJob(page, "draft_bills", 0);
    await looked(page, info, "jobs");
    await go(page, "/finance/bills");
    await expect(page.getByRole("row").filter({ hasText: "Draft" }).first()).toContainText("$300.00");
    await looked(page, info, "bills");
    await page.getByRole("link", { name: /^BILL-/ }).first().click();
    await page.getByLabel("Vendor's invoice number").fill("INV-7");
    await looked(page, info, "bill");
    await page.getByRole("button", { name: "Enter invoice" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    await page.getByRole("button", { name: "Submit for approval" }).click();
    await expect(page.locator(".finance-head").getByText("Awaiting approval")).toBeVisible();
    await go(page, "/finance/bills");
    // The last whole month is offered; what was just done lies in this one.
    const month = (ahead: number): string => {
      const today = new Date();
      return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1)).toISOString().slice(0, 10);
    };
    await expect(page.getByLabel("From")).toHaveValue(month(-1));
    await expect(page.getByLabel("To", { exact: true })).toHaveValue(month(0));
    await page.getByLabel("From").fill(month(0));
    await page.getByLabel("To", { exact: true }).fill(month(1));
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download CSV" }).click()]);
    const text = readFileSync(await file.path(), "utf8");
    expect(text).toContain("BilledCost");
    expect(text).toContain("Anthropic");
    await page.getByLabel("What", { exact: true }).selectOption("invoice_detail");
    const [lines] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download CSV" }).click()]);
    expect(lines.suggestedFilename()).toMatch(/^purser-focus-1\.4-invoice-detail-/);
    expect(readFileSync(await lines.path(), "utf8")).toContain("INV-7");
  });

  await test.step("a vendor's figure that differs is an item, and taken back it is none", async () => {
    await go(page, contract);
    const reports = page.locator("#reports");
    await reports.locator("summary").click();
    await reports.getByRole("button", { name: "Enter a figure" }).click();
    await expect(page.locator("#reports-quantity-error")).toHaveText("this is needed");
    await reports.getByLabel("Used").fill("30");
    await reports.getByRole("button", { name: "Enter a figure" }).click();
    await expect(reports.getByRole("listitem")).toContainText("Requests: 30 Requests");
    const item = page.locator("#items").getByRole("row").filter({ hasText: "Compare the vendor's figures with ours" });
    await expect(item).toHaveCount(1);
    await looked(page, info, "contract-reported");
    await reports.getByRole("button", { name: "Take back" }).click();
    await expect(item).toHaveCount(0);
  });

  await test.step("what is wrong with a work item is said beside its form; a provider's budget is on its panel", async () => {
    await go(page, "/finance/work-items");
    const item = page.getByTestId("work-item").first();
    await item.locator("summary").click();
    await item.getByRole("button", { name: "Snooze" }).click();
    await expect(item.getByText("this is needed")).toBeVisible();
    await go(page, "/finance/providers/anthropic");
    await page.getByLabel("Currency", { exact: true }).first().fill("USD");
    await page.getByLabel("Monthly budget").fill("50");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    await go(page, "/platform/ai/providers/anthropic");
    await expect(page.getByRole("region", { name: "Finance Bridge" })).toContainText("$50.00 a month");
  });

  await test.step("a viewer sees none of it, an operator no amounts", async () => {
    const viewer = await as(browser, purser, info, VERA);
    await go(viewer.page, "/platform/ai/providers/anthropic");
    await expect(viewer.page.getByTestId("connection-status")).toHaveText(/^Connected/);
    await expect(viewer.page.getByRole("region", { name: "Finance Bridge" })).toHaveCount(0);
    for (const path of ["/finance/spend/ai", "/finance/suppliers", contract, "/finance/work-items", "/finance/bills", "/finance/jobs"]) {
      await go(viewer.page, path);
      await expect(viewer.page.locator("main")).not.toContainText("Anthropic");
      await expect(viewer.page.getByRole("alert").first()).toContainText(/does not allow/);
    }
    await expect(viewer.page.getByRole("navigation", { name: "Main" }).getByText("AI spend")).toHaveCount(0);
    await viewer.end();
    await go(operator.page, "/platform/ai/providers/anthropic");
    const panel = operator.page.getByRole("region", { name: "Finance Bridge" });
    await expect(panel.getByTestId("finance-contract")).toContainText("Active");
    await expect(panel).not.toContainText("300");
    await go(page, "/platform/ai/providers/anthropic");
    await expect(page.getByRole("region", { name: "Finance Bridge" })).toContainText("$300.00");
    await looked(page, info, "panel");
  });

  for (const one of [operator, owner, finance]) await one.end();
  await purser.end();
});
