// The Responses API through the gateway, called by OpenAI's own SDK: behind a key, and behind a plan's endpoint that only
// streams, keeps nothing and refuses what the plan does not pay for.
import OpenAI from "openai";
import { OWNER, Purser } from "../support/purser";
import { expect, test as base } from "../support/test";

const plan = (standIn: string): string => `
[providers.practice-plan]
name = "Practice plan"
base_url = "${standIn}/plan"
dialect = "openai_responses"
[providers.practice-plan.api_key]
models = { path = "models?client_version=1.0.0", shape = "slugs" }
plan = { stream_only = true, store = false, instructions = true, refused = ["temperature", "max_output_tokens", "metadata"] }
`;

const MODELS = { openai: "openai/gpt-5.2", "practice-plan": "practice-plan/gpt-5.3-codex" };

const test = base.extend<object, { purser: Purser; client: OpenAI }>({
  purser: [
    async ({}, use) => {
      const purser = await Purser.start({ overlay: plan });
      purser.addUser(OWNER, "owner");
      await use(purser);
      await purser.end();
    },
    { scope: "worker" },
  ],
  client: [
    async ({ purser }, use) => {
      const token = purser.createToken("responses", "inference,read,admin");
      for (const id of Object.keys(MODELS)) {
        for (const [path, body] of [["key", { key: `practice-good-key-${id}` }], ["models/sync", undefined]] as const) {
          const answer = await fetch(`${purser.url}/api/v1/providers/${id}/${path}`, {
            method: "POST",
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
            body: body && JSON.stringify(body),
          });
          expect(answer.ok, `${id}/${path}: ${answer.status} ${await answer.text()}`).toBe(true);
        }
      }
      await use(new OpenAI({ apiKey: token, baseURL: `${purser.url}/v1`, maxRetries: 0 }));
    },
    { scope: "worker" },
  ],
});

for (const [id, model] of Object.entries(MODELS)) {
  test(`${id}: a response, whole and streamed`, async ({ client }) => {
    const input = "How are you?";
    const whole = await client.responses.create({ model, input });
    expect(whole.status).toBe("completed");
    expect(whole.output_text).toContain(`“${input}”`);
    expect(whole.usage?.output_tokens).toBeGreaterThan(10);

    let text = "";
    let last = "";
    for await (const event of await client.responses.create({ model, input: [{ role: "user", content: input }], stream: true })) {
      if (event.type === "response.output_text.delta") text += event.delta;
      last = event.type;
    }
    expect([text, last]).toEqual([whole.output_text, "response.completed"]);
  });
}

test("what the plan does not take is refused by name", async ({ client }) => {
  const asked = client.responses.create({ model: MODELS["practice-plan"], input: "Hi", temperature: 0.5 });
  await expect(asked).rejects.toMatchObject({ status: 400, param: "temperature" });
});

test("a provider without the Responses API is named, with what to do instead", async ({ client, purser }) => {
  const token = purser.createToken("mistral", "read,admin");
  for (const [path, body] of [["key", '{"key":"practice-good-key-mistral"}'], ["models/sync", undefined]] as const) {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`${purser.url}/api/v1/providers/mistral/${path}`, { method: "POST", headers, body });
    expect(answer.ok).toBe(true);
  }
  const asked = client.responses.create({ model: "mistral/mistral-small-latest", input: "Hi" });
  await expect(asked).rejects.toMatchObject({ status: 400, param: "model", message: expect.stringContaining("/v1/chat/completions") });
});
