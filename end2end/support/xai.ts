// xAI as the tests have it: the vendor's genuine program where it is installed (or a script in its place), signing in at a
// certified OAuth server, working against a stand-in of its chat endpoint.
import type { Browser, BrowserContext, Page, TestInfo } from "@playwright/test";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { GrokChat } from "./grok-chat";
import { Issuer } from "./issuer";
import { OWNER, Purser } from "./purser";
import { expect, hydrated, signIn, watch } from "./test";
import { VendorEndpoint } from "./vendor";

export const XAI_PAGE = "/platform/ai/providers/xai?method=device_code";
export const MISSING_GROK = "grok is not installed; `purser tools install grok` or `scripts/setup.sh tests` fetches it";

export type World = {
  purser: Purser; issuer: Issuer; chat: GrokChat; page: Page; person: BrowserContext;
  /** Another browser on Purser, as somebody. */
  browserOf: (user: { email: string; password: string }) => Promise<Page>;
  end: () => Promise<void>;
};

type Options = {
  /** The genuine program's file. */
  program?: string;
  /** A shell script in the program's place; Purser then signs in itself. */
  script?: string;
  codeSeconds?: number;
  env?: Record<string, string>;
  /** Where the first page goes. */
  path?: string;
};

/** The program as it is fetched for the tests; `undefined` where it is not installed. */
export function genuineGrok(): string | undefined {
  const folder = join(process.env.PURSER_TEST_TOOLS_DIR ?? join(homedir(), ".cache/purser/programs"), "grok");
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  return versions.map((version) => join(folder, version, "bin/grok")).find(existsSync);
}

export async function world(browser: Browser, info: TestInfo, options: Options = {}): Promise<World> {
  const issuer = await Issuer.start({ device: { codeSeconds: options.codeSeconds } });
  const chat = await GrokChat.start();
  const vendor = options.program ? await VendorEndpoint.start(issuer) : undefined;
  // Not below /tmp, which every sandbox has for itself.
  const folder = mkdtempSync("/var/tmp/purser-e2e-program-");
  const script = join(folder, "grok");
  if (options.script) {
    writeFileSync(script, options.script);
    chmodSync(script, 0o755);
  }
  const program = options.program ?? (options.script ? script : "/nowhere/grok");
  const quiet = `GROK_DISABLE_AUTOUPDATER = "1", GROK_TELEMETRY_ENABLED = "false", GROK_CLI_CHAT_PROXY_BASE_URL = "${chat.url}/v1"`;
  // The program keeps its sign-in under the name of its own issuer, so that has to stay.
  const endpoints = vendor ? 'mode = "cli"' : `mode = "native"
device_authorization_url = "${issuer.url}/oauth2/device/code"
token_url = "${issuer.url}/oauth2/token"`;
  const overlay = `
[providers.xai.device]
${endpoints}
base_url = "${issuer.url}/api/v1"
[providers.xai.cli]
program = "${program}"
env = { ${quiet}${vendor ? `, HTTPS_PROXY = "${vendor.proxy}", SSL_CERT_FILE = "${vendor.caFile}"` : ""} }
`;
  // Purser refreshes at the same address as the program, so it goes the same way.
  const env = { ...options.env, ...(vendor ? { HTTPS_PROXY: vendor.proxy, PURSER_CA_FILE: vendor.caFile } : {}) };
  const purser = await Purser.start({ standIn: false, overlay, env });
  purser.addUser(OWNER, "owner");
  const contexts: BrowserContext[] = [];
  const problems: string[][] = [];
  const javaScript = info.project.use.javaScriptEnabled ?? true;
  const browserOf = async (user: { email: string; password: string }): Promise<Page> => {
    const context = await browser.newContext({ ...info.project.use, baseURL: purser.url });
    contexts.push(context);
    const page = await context.newPage();
    problems.push(watch(page));
    await signIn(page, user);
    return page;
  };
  const page = await browserOf(OWNER);
  await page.goto(options.path ?? XAI_PAGE);
  if (javaScript) await hydrated(page);
  const person = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: true, ...(vendor ? { proxy: { server: vendor.proxy } } : {}) });
  const end = async (): Promise<void> => {
    expect(problems.flat(), "errors in the browser").toEqual([]);
    await Promise.all([...contexts, person].map((context) => context.close()));
    await purser.end();
    await vendor?.end();
    await chat.end();
    await issuer.end();
    rmSync(folder, { recursive: true, force: true });
  };
  return { purser, issuer, chat, page, person, browserOf, end };
}

/** A person elsewhere opens the address and decides; the last press is the approval. */
export async function decide(person: BrowserContext, link: string, answer: "Approve" | "Deny"): Promise<void> {
  const page = await person.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: answer }).click();
  await page.waitForLoadState();
}

/** Signs in with a code, whoever asks for it. */
export async function connect({ page, person }: World): Promise<void> {
  await page.getByRole("button", { name: "Sign in to Grok" }).click();
  const link = page.getByTestId("device-verification-url");
  await expect(async () => {
    // Without a script a page shows what is new when it is loaded again.
    if (!(await link.isVisible())) await page.goto(XAI_PAGE);
    await expect(link).toBeVisible({ timeout: 5000 });
  }).toPass({ timeout: 30_000 });
  await decide(person, (await link.getAttribute("href")) ?? "", "Approve");
  await expect(async () => {
    const connected = page.getByTestId("connection-status").filter({ hasText: /^Connected/ });
    if (!(await connected.isVisible())) await page.reload();
    await expect(connected).toBeVisible({ timeout: 3000 });
  }).toPass({ timeout: 30_000 });
}

/** Nothing that passed between issuer and Purser lies about in the clear. */
export function nothingSecretIn(purser: Purser, issuer: Issuer): void {
  expect(issuer.secrets.size).toBeGreaterThan(2);
  for (const { path, bytes } of purser.writtenFiles()) {
    for (const secret of issuer.secrets) expect(bytes.includes(secret), `a secret in ${path}`).toBe(false);
  }
}
