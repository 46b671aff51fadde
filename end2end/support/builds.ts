// What the tests of builds share: the form, archives, and a script in the place of the vendor's program.
import { expect, type Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const BUILDS = "/platform/ai/builds";

/** Does what the first word of the prompt says. */
export const SCRIPT = `#!/bin/sh
while [ $# -gt 0 ]; do case "$1" in --prompt-file) prompt=$(cat "$2"); shift ;; esac; shift; done
case "$prompt" in
  make*) for n in 1 2 3; do echo "line $n"; sleep 2; done; echo made > made.txt ;;
  sleep*) echo "sleeping"; sleep "\${prompt##* }" & wait ;;
  colours*) printf '\\033[31mred\\033[0m \\033[1mbold\\033[0m <script>alert(1)</script> \\033]0;evil\\007&lt; \\033[2Jend\\n' ;;
  read*) cat given/hello.txt ;;
  scroll*) n=0; while [ $n -lt 300 ]; do n=$((n + 1)); echo "row $n"; done; sleep 4; echo "last row" ;;
  *) echo "it went wrong" >&2; exit 3 ;;
esac
`;

export const log = (page: Page) => page.getByTestId("build-log");
export const status = (page: Page) => page.getByTestId("build-status");

export type Choice = { lending?: string; archive?: string | { name: string; mimeType: string; buffer: Buffer }; folder?: string };

/** Fills in the form on the page. */
export async function fill(page: Page, prompt: string, choice: Choice = {}): Promise<void> {
  await page.getByLabel("Prompt").fill(prompt);
  if (choice.lending) await page.getByLabel("Credential").selectOption(choice.lending);
  if (choice.archive) {
    await page.getByLabel("A new folder with what an archive holds").check();
    await page.getByLabel("Archive", { exact: true }).setInputFiles(choice.archive);
  }
  if (choice.folder) {
    await page.getByLabel("A folder on Purser's machine").check();
    await page.getByLabel("Folder", { exact: true }).fill(choice.folder);
  }
}

export const press = (page: Page): Promise<void> => page.getByRole("button", { name: "Start build" }).click();

/** Starts a build and waits for its page. */
export async function start(page: Page, prompt: string, choice: Choice = {}): Promise<string> {
  await page.goto(BUILDS);
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
  await fill(page, prompt, choice);
  await press(page);
  await page.waitForURL(/\/builds\/[0-9a-f-]{36}$/);
  return page.url();
}

export async function ended(page: Page, word: string): Promise<void> {
  await expect(status(page)).toHaveText(new RegExp(`^${word}`), { timeout: 40_000 });
}

/** A tar.gz of one folder with one file, as people make them. */
export function goodArchive(): { name: string; mimeType: string; buffer: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "purser-archive-"));
  execFileSync("mkdir", [join(folder, "given")]);
  writeFileSync(join(folder, "given/hello.txt"), "hello from the archive\n");
  execFileSync("tar", ["-C", folder, "-czf", join(folder, "a.tar.gz"), "given"]);
  const buffer = readFileSync(join(folder, "a.tar.gz"));
  rmSync(folder, { recursive: true });
  return { name: "work.tar.gz", mimeType: "application/gzip", buffer };
}

/** A tar of one entry by hand (POSIX.1-1988): such as no program would make. */
export function strangeArchive(name: string, kind: string): { name: string; mimeType: string; buffer: Buffer } {
  const block = Buffer.alloc(2048);
  block.write(name, 0);
  block.write("0000600\0", 100);
  block.write("00000000005\0", 124);
  block.write("        ", 148);
  block.write(kind, 156);
  const sum = block.subarray(0, 512).reduce((sum, byte) => sum + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  block.write("hello", 512);
  return { name: "strange.tar", mimeType: "application/x-tar", buffer: block };
}

/** Is a process with these words in its arguments running on this machine? */
export function isRunning(words: string): boolean {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).some((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(words);
    } catch {
      return false; // it ended while we looked
    }
  });
}
