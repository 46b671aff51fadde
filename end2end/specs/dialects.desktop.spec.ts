// Four vendors' wires behind one gateway, answered by a mock that others wrote, called by OpenAI's own SDK.
import { LLMock } from "@copilotkit/aimock";
import OpenAI from "openai";
import { OWNER, Purser } from "../support/purser";
import { expect, test as base } from "../support/test";

const SAYING = "Hello from the mock, grüße 🚢";
const PROVIDERS = ["openai", "anthropic", "gemini", "cohere"] as const;

const overlay = (origin: string): string =>
  [
    `[providers.openai]\nbase_url = "${origin}/v1"`,
    `[providers.anthropic]\nbase_url = "${origin}/v1"`,
    ...[["gemini", "v1beta"], ["cohere", "v2"]].map(([id, path]) =>
      [
        `[providers.${id}]`,
        `base_url = "${origin}/${path}"`,
        `verify = { method = "GET", path = "/v1/models", must_have = "data", flags = [], describe = "lists models (free)" }`,
        `models = { path = "/v1/models", shape = "data" }`,
      ].join("\n"),
    ),
  ].join("\n\n");

const test = base.extend<object, { mock: LLMock; purser: Purser; token: string }>({
  mock: [
    async ({}, use) => {
      const mock = new LLMock({ port: 0 });
      mock.onMessage(/.*/, { content: SAYING });
      await mock.start();
      await use(mock);
      await mock.stop();
    },
    { scope: "worker" },
  ],
  purser: [
    async ({ mock }, use) => {
      const purser = await Purser.start({ standIn: false, overlay: overlay(mock.url) });
      purser.addUser(OWNER, "owner");
      await use(purser);
      await purser.end();
    },
    { scope: "worker" },
  ],
  token: [
    async ({ purser }, use) => use(purser.createToken("dialects", "inference,read,admin")),
    { scope: "worker" },
  ],
});

for (const id of PROVIDERS) {
  test(`${id}: connect and sync over the machine API, then ask through the gateway`, async ({ purser, token }) => {
    const api = async (method: string, path: string, body?: unknown): Promise<unknown> => {
      const answer = await fetch(`${purser.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      expect(answer.ok, `${method} ${path}: ${answer.status} ${text}`).toBe(true);
      return text ? JSON.parse(text) : undefined;
    };
    await api("POST", `/providers/${id}/key`, { key: `practice-key-${id}-12345678` });
    await api("POST", `/providers/${id}/models/sync`);

    const client = new OpenAI({ apiKey: token, baseURL: `${purser.url}/v1`, maxRetries: 0 });
    const ask = { model: `${id}/gpt-4o`, messages: [{ role: "system" as const, content: "be brief" }, { role: "user" as const, content: "hello" }] };
    const whole = await client.chat.completions.create(ask);
    expect(whole.choices[0]?.message.content).toBe(SAYING);
    expect(whole.choices[0]?.finish_reason).toBe("stop");
    let text = "";
    let finish: string | null | undefined;
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
    }
    expect([text, finish]).toEqual([SAYING, "stop"]);
  });
}
