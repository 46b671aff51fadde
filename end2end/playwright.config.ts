import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";
import { existsSync } from "node:fs";

// Browsers come from the system: no download works on machines that reach only package registries.
const system = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const launchOptions = {
  executablePath: process.env.CHROMIUM_BIN ?? system,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-quic",
  ],
};

const desktop = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

const config: PlaywrightTestConfig = defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  fullyParallel: false,
  workers: Number(process.env.E2E_WORKERS ?? 2),
  retries: 0,
  forbidOnly: !!process.env.CI,
  reporter: [["list"]],
  use: { launchOptions, browserName: "chromium", trace: "retain-on-failure", locale: "en-GB", timezoneId: "UTC" },
  projects: [
    { name: "desktop", use: desktop, testIgnore: /.*\.nojs\.spec\.ts/ },
    { name: "phone", use: phone, testIgnore: [/.*\.nojs\.spec\.ts/, /.*\.desktop\.spec\.ts/] },
    { name: "desktop-nojs", use: { ...desktop, javaScriptEnabled: false }, testMatch: /.*\.nojs\.spec\.ts/ },
    { name: "phone-nojs", use: { ...phone, javaScriptEnabled: false }, testMatch: /.*\.nojs\.spec\.ts/ },
  ],
});

export default config;
