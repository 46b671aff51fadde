// Messages and embeddings through the gateway, called by the vendors' own SDKs.
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { OWNER, Purser } from "../support/purser";
import { expect, test as base } from "../support/test";

const test = base.extend<object, { purser: Purser; token: string }>({
  purser: [
    async ({}, use) => {
      const purser = await Purser.start();
      purser.addUser(OWNER, "owner");
      await use(purser);
      await purser.end();
    },
    { scope: "worker" },
  ],
  token: [
    async ({ purser }, use) => {
      const token = purser.createToken("messages", "inference,read,admin");
      for (const id of ["anthropic", "openai"]) {
        for (const [path, body] of [["key", { key: `practice-good-key-${id}` }], ["models/sync", undefined]] as const) {
          const answer = await fetch(`${purser.url}/api/v1/providers/${id}/${path}`, {
            method: "POST",
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
            body: body && JSON.stringify(body),
          });
          expect(answer.ok, `${id}/${path}: ${answer.status} ${await answer.text()}`).toBe(true);
        }
      }
      await use(token);
    },
    { scope: "worker" },
  ],
});

const INPUT = "How are you?";
const ask = { model: "anthropic/claude-sonnet-4-6", max_tokens: 256, messages: [{ role: "user" as const, content: INPUT }] };

test("Anthropic's SDK: a message, whole and streamed, and what it used", async ({ purser, token }) => {
  const client = new Anthropic({ apiKey: token, baseURL: purser.url, maxRetries: 0 });
  const whole = await client.messages.create(ask);
  const said = whole.content.map((block) => (block.type === "text" ? block.text : "")).join("");
  expect(said).toContain(`“${INPUT}”`);
  const stream = client.messages.stream(ask);
  let text = "";
  stream.on("text", (piece) => (text += piece));
  const last = await stream.finalMessage();
  expect([text, last.stop_reason, last.usage.output_tokens]).toEqual([said, "end_turn", whole.usage.output_tokens]);
  await expect
    .poll(async () => {
      const answer = await fetch(`${purser.url}/api/v1/usage`, { headers: { authorization: `Bearer ${token}` } });
      return JSON.stringify(await answer.json());
    })
    .toContain("claude-sonnet-4-6");
});

test("Anthropic's SDK: refusals are Anthropic's kinds of error", async ({ purser, token }) => {
  const client = new Anthropic({ apiKey: token, baseURL: purser.url, maxRetries: 0 });
  await expect(client.messages.create({ ...ask, model: "nothing" })).rejects.toBeInstanceOf(Anthropic.NotFoundError);
  await expect(client.messages.create({ ...ask, model: "openai/gpt-5.2" })).rejects.toMatchObject({
    status: 400, message: expect.stringContaining("/v1/chat/completions"),
  });
  const stranger = new Anthropic({ apiKey: "pur_nothing", baseURL: purser.url, maxRetries: 0 });
  await expect(stranger.messages.create(ask)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
});

test("OpenAI's SDK: embeddings", async ({ purser, token }) => {
  const client = new OpenAI({ apiKey: token, baseURL: `${purser.url}/v1`, maxRetries: 0 });
  const answer = await client.embeddings.create({ model: "text-embedding-3-large", input: ["banana", "qqq"], encoding_format: "float" });
  expect(answer.data.map((one) => one.embedding)).toEqual([[3, 1, 2, 0], [0, 0, 0, 3]]);
  expect(answer.usage.prompt_tokens).toBeGreaterThan(0);
});
