// A stand-in for the endpoint that the Grok program talks to, so that the genuine program finishes a run without an account.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const ANSWER = "done, says the stand-in";

export class GrokChat {
  /** Tokens that models were asked with. */
  readonly bearers = new Set<string>();
  /** Every answer of a model waits this long. */
  waitMs = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<GrokChat> {
    const server = createServer();
    const chat = new GrokChat(server);
    server.on("request", (request, response) => void chat.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    return chat;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const path = new URL(request.url ?? "/", this.url).pathname;
    const chat = path.endsWith("/chat/completions");
    if (!chat && !path.endsWith("/responses")) {
      response.writeHead(200, { "content-type": "application/json" }).end(path.endsWith("/models") ? '{"data":[]}' : "{}");
      return;
    }
    this.bearers.add((request.headers.authorization ?? "").replace("Bearer ", ""));
    await new Promise((resolve) => setTimeout(resolve, this.waitMs));
    response.writeHead(200, { "content-type": "text/event-stream" }).end(chat ? completion() : responses());
  }
}

function completion(): string {
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "grok-build", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  return `${chunk({ role: "assistant", content: ANSWER }, null)}${chunk({}, "stop")}data: [DONE]\n\n`;
}

function responses(): string {
  const item = {
    id: "msg_1", type: "message", status: "completed", role: "assistant", content: [{ type: "output_text", text: ANSWER, annotations: [] }],
  };
  const usage = {
    input_tokens: 3, input_tokens_details: { cached_tokens: 0 }, output_tokens: 3, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 6,
  };
  const whole = { id: "resp_1", object: "response", created_at: 1, status: "completed", model: "grok-build", output: [item], usage };
  const events: [string, object][] = [
    ["response.output_text.delta", { item_id: "msg_1", output_index: 0, content_index: 0, delta: ANSWER }],
    ["response.output_item.done", { output_index: 0, item }],
    ["response.completed", { response: whole }],
  ];
  return events.map(([type, data], number) => `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, ...data })}\n\n`).join("");
}
