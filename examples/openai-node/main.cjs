'use strict';

// Three calls of an ordinary OpenAI client: a chat, a streamed chat and an embedding, for one user of one feature.
// OPENAI_API_KEY as always; OPENAI_BASE_URL for a provider that speaks the same language.
const { trace } = require('@opentelemetry/api');
const OpenAI = require('openai');
const { shutdown } = require('./telemetry.cjs');

const CHAT_MODEL = process.env.CHAT_MODEL ?? 'gpt-4.1-mini';
const EMBEDDING_MODEL = process.env.EMBEDDING_MODEL ?? 'text-embedding-3-small';

async function main() {
  const openai = new OpenAI();
  // What is known here and not by the client: the calls below this span inherit it.
  const attributes = { 'llmcost.feature': 'greeting', 'user.id': 'example-user', 'session.id': 'example-session' };
  await trace.getTracer('example').startActiveSpan('greet', { attributes }, async (span) => {
    const question = [{ role: 'user', content: 'Say hello in one word.' }];
    const chat = await openai.chat.completions.create({ model: CHAT_MODEL, messages: question });
    console.log('chat:      ', chat.choices[0]?.message.content);

    // Without include_usage a stream says nothing about its tokens, and its calls stay unpriced.
    const stream = await openai.chat.completions.create({
      model: CHAT_MODEL,
      messages: question,
      stream: true,
      stream_options: { include_usage: true },
    });
    let streamed = '';
    for await (const chunk of stream) {
      streamed += chunk.choices[0]?.delta?.content ?? '';
    }
    console.log('stream:    ', streamed);

    const { data } = await openai.embeddings.create({ model: EMBEDDING_MODEL, input: 'hello' });
    console.log('embedding: ', data[0]?.embedding.length, 'numbers');
    span.end();
  });
}

main()
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  })
  .finally(shutdown);
