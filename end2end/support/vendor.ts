// The way from the vendor's own program to the issuer of the tests: a TLS endpoint for `auth.x.ai`, and a proxy that leads there.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Issuer } from "./issuer";

const HOST = "auth.x.ai";

export class VendorEndpoint {
  private constructor(readonly proxy: string, readonly caFile: string, private readonly folder: string, private readonly servers: Server[]) {}

  static async start(issuer: Issuer): Promise<VendorEndpoint> {
    const folder = mkdtempSync(join(tmpdir(), "purser-ca-"));
    const { key, cert, caFile } = certificates(folder);
    const tls = createTlsServer({ key, cert }, issuer.serve);
    const proxy = createServer((_, response) => response.writeHead(502).end());
    const open = new Set<Socket>();
    const kept = (socket: Socket): Socket => {
      open.add(socket);
      socket.on("close", () => open.delete(socket)).on("error", () => socket.destroy());
      return socket;
    };
    await Promise.all([tls, proxy].map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()))));
    const port = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
    // Everything else on the way out is refused: no test reaches the vendor.
    proxy.on("connect", (request, client, head) => {
      kept(client as Socket);
      if (request.url !== `${HOST}:443`) return void client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      const upstream = kept(connect(port(tls), "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      }));
    });
    proxy.on("close", () => open.forEach((socket) => socket.destroy()));
    return new VendorEndpoint(`http://127.0.0.1:${port(proxy)}`, caFile, folder, [proxy, tls as unknown as Server]);
  }

  async end(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A root of its own and a certificate for the vendor's name. */
function certificates(folder: string): { key: Buffer; cert: Buffer; caFile: string } {
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  openssl("req", "-x509", ...key, "-subj", "/CN=Test root", "-keyout", file("ca.key"), "-out", file("ca.pem"));
  openssl("req", ...key.slice(0, 5), "-subj", `/CN=${HOST}`, "-keyout", file("leaf.key"), "-out", file("leaf.csr"));
  writeFileSync(file("leaf.ext"), `subjectAltName=DNS:${HOST}\nbasicConstraints=CA:FALSE\n`);
  openssl("x509", "-req", "-in", file("leaf.csr"), "-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial", "-days", "2",
    "-extfile", file("leaf.ext"), "-out", file("leaf.pem"));
  return { key: readFileSync(file("leaf.key")), cert: readFileSync(file("leaf.pem")), caFile: file("ca.pem") };
}
