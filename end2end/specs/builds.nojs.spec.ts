// Builds without JavaScript: the form with a file, what is wrong with it, and the page of one build.
import { BUILDS, SCRIPT, fill, goodArchive, log, press, status } from "../support/builds";
import { expect, test } from "../support/test";
import { connect, world } from "../support/xai";

test("a build is started with an archive, and a refused form comes back as it was filled in", async ({ browser }, info) => {
  test.setTimeout(120_000);
  const here = await world(browser, info, { script: SCRIPT });
  const { page } = here;
  await connect(here);
  await page.goto(BUILDS);
  const prompt = "read what I gave you\n\n& </textarea> then stop";
  await fill(page, prompt, { lending: "broker", archive: { name: "a.tar", mimeType: "application/x-tar", buffer: Buffer.from("no") } });
  await press(page);
  await expect(page.locator("#field-archive-error")).toContainText("not a tar or tar.gz archive");
  await expect(page.getByLabel("Prompt")).toHaveValue(prompt);
  await expect(page.getByLabel("Credential")).toHaveValue("broker");
  await fill(page, prompt, { lending: "lend", archive: goodArchive() });
  await press(page);
  await page.waitForURL(/\/builds\/[0-9a-f-]{36}$/);
  await expect(async () => {
    await page.reload();
    await expect(status(page)).toHaveText(/^Succeeded/, { timeout: 1000 });
  }).toPass({ timeout: 30_000 });
  await expect(log(page)).toHaveText("hello from the archive\n");
  await expect(page.getByRole("link", { name: /^Download what it made/ })).toBeVisible();
  await here.end();
});
