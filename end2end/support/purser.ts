// Starts a real Purser with a data folder of its own, and the stand-in providers beside it.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// A test that fails half-way leaves nothing running.
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

const need = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the browser tests with \`make e2e\``);
  return value;
};

export const OWNER = { name: "Ann Owner", email: "ann@example.com", password: "correct horse battery staple" };

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function until(what: string, ready: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await ready()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not get ready`);
}

const answers = async (url: string): Promise<boolean> => fetch(url).then((r) => r.ok, () => false);

export type Options = {
  overlay?: string | ((standInUrl: string) => string); port?: number; standIn?: boolean; env?: Record<string, string>; databaseUrl?: string;
};

export class Purser {
  output = "";
  private children: ChildProcess[] = [];
  private server?: ChildProcess;

  private constructor(readonly url: string, readonly standInUrl: string, readonly data: string, private readonly env: NodeJS.ProcessEnv) {}

  static async start(options: Options = {}): Promise<Purser> {
    const data = mkdtempSync(join(tmpdir(), "purser-e2e-"));
    const [port, standInPort] = [options.port ?? (await freePort()), await freePort()];
    const url = `http://localhost:${port}`;
    const overlay = join(data, "providers.toml");
    const env: NodeJS.ProcessEnv = {
      ...process.env, PURSER_ADDR: `127.0.0.1:${port}`, PURSER_PUBLIC_URL: url, PURSER_DATA_DIR: join(data, "data"),
      PURSER_PROVIDERS_FILE: overlay, ...(options.databaseUrl ? { PURSER_DATABASE_URL: options.databaseUrl } : {}), ...options.env,
    };
    const purser = new Purser(url, `http://127.0.0.1:${standInPort}`, data, env);
    if (options.standIn ?? true) await purser.startStandIn(overlay);
    else writeFileSync(overlay, "");
    const more = typeof options.overlay === "function" ? options.overlay(purser.standInUrl) : options.overlay;
    if (more) writeFileSync(overlay, readFileSync(overlay, "utf8") + "\n" + more);
    await purser.serve();
    return purser;
  }

  private async startStandIn(overlay: string): Promise<void> {
    const child = spawn(need("STAND_IN_BIN"), [new URL(this.standInUrl).host, overlay], { stdio: "ignore" });
    this.children.push(child);
    running.add(child);
    await until("the stand-in", () => answers(`${this.standInUrl}/api/version`));
  }

  async serve(): Promise<void> {
    const child = spawn(need("PURSER_BIN"), ["serve"], { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.server = child;
    running.add(child);
    await until(`Purser (${this.output})`, () => answers(`${this.url}/readyz`));
  }

  /** Stops, and starts again with other settings. */
  async restartWith(env: Record<string, string>): Promise<void> {
    await this.stop();
    Object.assign(this.env, env);
    await this.serve();
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.server;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  async end(): Promise<void> {
    await this.stop();
    for (const child of this.children) child.kill();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Runs a command of the binary against the same installation; returns its stdout. */
  run(args: string[], input = ""): string {
    return execFileSync(need("PURSER_BIN"), args, { env: this.env, input, stdio: ["pipe", "pipe", "pipe"] }).toString();
  }

  addUser(user: { name: string; email: string; password: string }, role: string): void {
    this.run(["user", "add", "--email", user.email, "--name", user.name, "--role", role, "--password-stdin"], user.password + "\n");
  }

  createToken(name: string, scopes: string, email = OWNER.email): string {
    return this.run(["token", "create", "--user", email, "--name", name, "--scopes", scopes]).trim();
  }

  /** Every byte the installation has written: database, WAL, logs, key file left out. */
  writtenFiles(): { path: string; bytes: Buffer }[] {
    const files: { path: string; bytes: Buffer }[] = [{ path: "output", bytes: Buffer.from(this.output) }];
    const walk = (folder: string): void => {
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (statSync(path).isDirectory()) walk(path);
        else if (name !== "master.key") files.push({ path, bytes: readFileSync(path) });
      }
    };
    walk(this.data);
    return files;
  }
}
