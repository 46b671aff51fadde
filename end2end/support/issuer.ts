// A certified OAuth and OpenID Connect server as the provider's authorization server, with an inference endpoint behind its tokens.
// Refresh tokens rotate and are good for one use; using one twice revokes the whole family.
import { Provider } from "oidc-provider";
import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { freePort } from "./purser";

/** `device`: it plays xAI's authorization server, whose name and client the genuine program has built in. */
export type IssuerOptions = { redirectUris?: string[]; accessTokenSeconds?: number; device?: { codeSeconds?: number } };

const GROK_CLIENT = "b1a00492-073a-47ea-816f-4c329264a828";
const GROK_SCOPES = [
  "profile", "grok-cli:access", "api:access", "conversations:read", "conversations:write", "workspaces:read", "workspaces:write",
];
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** What signing in with a code adds to the server's settings. */
const deviceSettings = (codeSeconds = 600): object => ({
  client: { client_id: GROK_CLIENT, grant_types: ["authorization_code", "refresh_token", DEVICE_GRANT], redirect_uris: ["http://127.0.0.1/callback"] },
  routes: { device_authorization: "/oauth2/device/code", code_verification: "/oauth2/device", token: "/oauth2/token" },
  feature: { deviceFlow: { enabled: true } },
  ttl: { DeviceCode: codeSeconds },
});

const PERSON = "plan-holder";
const page = (body: string): string =>
  `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Practice issuer</title></head><body><main>${body}</main></body></html>`;

export class Issuer {
  /** Refreshes that brought new tokens, and refreshes with a token that was spent or revoked. */
  refreshed = 0;
  refused = 0;
  /** Every secret that passed through, for the test that greps for them. */
  readonly secrets = new Set<string>();
  /** The token endpoint answers 503 while this is set. */
  down = false;
  private grants = new Set<string>();

  private constructor(readonly url: string, private readonly provider: Provider, private readonly server: Server) {}

  static async start(options: IssuerOptions): Promise<Issuer> {
    const url = `http://127.0.0.1:${await freePort()}`;
    const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
    const device: any = options.device ? deviceSettings(options.device.codeSeconds) : undefined;
    const provider = new Provider(device ? "https://auth.x.ai" : url, {
      clients: [
        {
          client_id: "purser-test", application_type: "native", token_endpoint_auth_method: "none", response_types: ["code"],
          grant_types: ["authorization_code", "refresh_token"], redirect_uris: [...(options.redirectUris ?? []), `${url}/show`], ...device?.client,
        },
      ],
      ...(device ? { routes: device.routes } : {}),
      jwks: { keys: [{ ...key, kid: "test", use: "sig", alg: "RS256" }] },
      pkce: { required: () => true },
      rotateRefreshToken: true,
      issueRefreshToken: () => Promise.resolve(true),
      features: { devInteractions: { enabled: false }, revocation: { enabled: true }, ...device?.feature },
      scopes: ["openid", "offline_access", "email", ...(device ? GROK_SCOPES : [])],
      claims: { openid: ["sub"], email: ["email"] },
      conformIdTokenClaims: false,
      findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@example.com` }) }),
      interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
      cookies: { keys: ["only for tests"] },
      ttl: {
        AccessToken: options.accessTokenSeconds ?? 3600, AuthorizationCode: 60, IdToken: 600, RefreshToken: 86_400, Grant: 86_400,
        Interaction: 600, Session: 86_400, ...device?.ttl,
      },
    });
    const server = createServer();
    const issuer = new Issuer(url, provider, server);
    const answer = provider.callback();
    server.on("request", (request, response) => {
      issuer.route(request, response, answer).catch((error) => response.writeHead(500).end(String(error)));
    });
    issuer.count();
    await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), "127.0.0.1", resolve));
    return issuer;
  }

  /** Answers for another listener, for example one that speaks TLS. */
  readonly serve = (request: IncomingMessage, response: ServerResponse): void => void this.server.emit("request", request, response);

  /** The operator ends the sign-in at the provider. */
  async revokeEverything(): Promise<void> {
    for (const id of this.grants) {
      await Promise.all(["AccessToken", "RefreshToken"].map((kind) => (this.provider as any)[kind].revokeByGrantId(id)));
      await (await this.provider.Grant.find(id))?.destroy();
    }
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private count(): void {
    const refreshing = (ctx: any): boolean => ctx.oidc?.params?.grant_type === "refresh_token";
    this.provider.on("grant.success", (ctx: any) => {
      if (refreshing(ctx)) this.refreshed += 1;
      if (ctx.oidc?.params?.device_code) this.secrets.add(ctx.oidc.params.device_code);
      for (const name of ["access_token", "refresh_token", "id_token"]) if (ctx.body?.[name]) this.secrets.add(ctx.body[name]);
      for (const name of ["code", "code_verifier"]) if (ctx.oidc?.params?.[name]) this.secrets.add(ctx.oidc.params[name]);
    });
    this.provider.on("grant.error", (ctx: any) => {
      if (refreshing(ctx)) this.refused += 1;
    });
    this.provider.on("access_token.saved", (token: any) => this.grants.add(token.grantId));
  }

  private async route(request: IncomingMessage, response: ServerResponse, oauth: (a: IncomingMessage, b: ServerResponse) => unknown): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    for (const name of ["code", "state", "code_verifier"]) if (url.searchParams.get(name)) this.secrets.add(url.searchParams.get(name)!);
    if (url.pathname.startsWith("/interaction/")) return this.interaction(request, response);
    if (url.pathname === "/show") return this.show(url, response);
    if (url.pathname.startsWith("/api/")) return this.resource(request, response, url);
    if (this.down && url.pathname.endsWith("/token")) {
      response.writeHead(503, { "content-type": "text/html" }).end("<html><body>Service unavailable</body></html>");
      return;
    }
    if (url.pathname === "/json/token") return this.jsonToken(request, response);
    oauth(request, response);
  }

  /** One page for login and consent together, with the two answers a person can give. */
  private async interaction(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const details = await this.provider.interactionDetails(request, response);
    if (request.method !== "POST") {
      const form = (answer: string): string =>
        `<form method="post"><input type="hidden" name="answer" value="${answer}"><button>${answer}</button></form>`;
      response.writeHead(200, { "content-type": "text/html" }).end(page(`<h1>Sign in</h1>${form("Approve")}${form("Deny")}`));
      return;
    }
    if ((await read(request)).includes("Deny")) {
      const no = { error: "access_denied", error_description: "The person said no <script>alert(1)</script>" };
      return this.provider.interactionFinished(request, response, no, { mergeWithLastSubmission: false });
    }
    const grant = new this.provider.Grant({ accountId: PERSON, clientId: String(details.params.client_id) });
    grant.addOIDCScope(String(details.params.scope ?? "openid"));
    const grantId = await grant.save();
    this.grants.add(grantId);
    await this.provider.interactionFinished(request, response, { login: { accountId: PERSON }, consent: { grantId } }, { mergeWithLastSubmission: false });
  }

  /** The page of providers that show `code#state` instead of coming back. */
  private show(url: URL, response: ServerResponse): void {
    const shown = `${url.searchParams.get("code")}#${url.searchParams.get("state")}`;
    response.writeHead(200, { "content-type": "text/html" }).end(page(`<h1>Your code</h1><code id="code">${shown}</code>`));
  }

  /** The dialect that wants JSON with `state`. */
  private async jsonToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await read(request);
    const refuse = (message: string): void => {
      response.writeHead(400, { "content-type": "application/json" })
        .end(JSON.stringify({ type: "error", error: { type: "invalid_request_error", message } }));
    };
    if (!request.headers["content-type"]?.startsWith("application/json")) return refuse("Invalid request format");
    const { state, ...fields } = JSON.parse(text) as Record<string, string>;
    if (fields.grant_type === "authorization_code" && !state) return refuse("Invalid request format");
    const answer = await fetch(`${this.url}/token`, { method: "POST", body: new URLSearchParams(fields) });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
  }

  /** An OpenAI-style API that takes only live access tokens. */
  private async resource(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const bearer = request.headers.authorization?.replace("Bearer ", "") ?? "";
    const token = bearer ? await this.provider.AccessToken.find(bearer) : undefined;
    if (!token) {
      response.writeHead(401, { "content-type": "application/json" })
        .end(JSON.stringify({ error: { message: "The access token is expired or revoked", code: "token_expired" } }));
      return;
    }
    if (url.pathname.endsWith("/models")) {
      response.writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({
          object: "list", data: [{ id: "plan-model", object: "model" }],
          models: [{ slug: "plan-model", display_name: "Plan model", visibility: "list" }],
        }));
      return;
    }
    const body = await read(request);
    if (url.pathname.endsWith("/responses")) return respond(response, body.includes("slowly") ? 40 : 3);
    const asked = JSON.parse(body) as { stream?: boolean; messages?: { content: string }[] };
    const words = (asked.messages?.at(-1)?.content ?? "").includes("slowly") ? 40 : 3;
    if (asked.stream) await stream(response, words);
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(whole(words)));
  }
}

const usage = (words: number): object => ({ prompt_tokens: 5, completion_tokens: words, total_tokens: 5 + words });
const whole = (words: number): object => ({
  id: "c1", object: "chat.completion", created: 1, model: "plan-model", usage: usage(words),
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "word ".repeat(words) } }],
});

/** The Responses dialect, always streamed. */
async function respond(response: ServerResponse, words: number): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (type: string, value: object): boolean => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`);
  send("response.created", { response: { id: "r1", status: "in_progress" } });
  let text = "";
  for (let i = 0; i < words; i++) {
    text += `word${i} `;
    send("response.output_text.delta", { item_id: "m1", output_index: 0, content_index: 0, delta: `word${i} ` });
    await new Promise((resolve) => setTimeout(resolve, words > 10 ? 250 : 10));
  }
  const output = [{ id: "m1", type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text, annotations: [] }] }];
  const used = { input_tokens: 5, output_tokens: words, total_tokens: 5 + words };
  send("response.completed", { response: { id: "r1", object: "response", status: "completed", model: "plan-model", output, usage: used } });
  response.end();
}

/** A quarter of a second a word when there are many. */
async function stream(response: ServerResponse, words: number): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (value: object | string): boolean =>
    response.write(`data: ${typeof value === "string" ? value : JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "plan-model", ...value })}\n\n`);
  for (let i = 0; i < words; i++) {
    send({ choices: [{ index: 0, delta: { content: `word${i} ` }, finish_reason: null }] });
    await new Promise((resolve) => setTimeout(resolve, words > 10 ? 250 : 10));
  }
  send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: usage(words) });
  send("[DONE]");
  response.end();
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** The overlay that points a provider's sign-in at this issuer. */
export function signInOverlay(issuer: Issuer, provider: string, options: { json?: boolean; redirectUri?: string; pasteAt?: boolean } = {}): string {
  return `
[providers.${provider}.oauth]
authorize_url = "${issuer.url}/auth"
token_url = "${issuer.url}${options.json ? "/json/token" : "/token"}"
revoke_url = "${issuer.url}/token/revocation"
client_id = "purser-test"
${options.redirectUri ? `redirect_uri = "${options.redirectUri}"` : ""}
${options.pasteAt ? `paste_redirect_uri = "${issuer.url}/show"` : ""}
scopes = ["openid", "offline_access", "email"]
token_format = "${options.json ? "json" : "form"}"
send_state = ${options.json ? "true" : "false"}
issuer = "${issuer.url}"
jwks_uri = "${issuer.url}/jwks"
parameters = { prompt = "consent" }
base_url = "${issuer.url}/api/v1"
${options.json ? 'dialect = "openai_chat"' : ""}
unavailable = ""
`;
}
