//! One module a provider. Bodies are typed in from the vendors' pages on errors and models.

mod anthropic;
mod azure_openai;
mod bedrock;
mod chatgpt;
mod cohere;
mod deepseek;
mod every;
mod fireworks;
mod gemini;
mod groq;
mod litellm;
mod local;
mod mistral;
mod openai;
mod openrouter;
mod together;
mod xai;
