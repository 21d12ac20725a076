import OpenAI from 'openai';
import { LlmCost, Refused } from './client';

/** One call of an ordinary OpenAI client that is made only if the budgets allow it. */

const MODEL = process.env.CHAT_MODEL ?? 'gpt-4.1-mini';
const MAX_TOKENS = 400;

async function main(): Promise<void> {
  const openai = new OpenAI();
  const llmcost = new LlmCost();
  const messages = [{ role: 'user' as const, content: process.argv[2] ?? 'Say hello in one word.' }];
  const answer = await llmcost.guard(
    {
      tenant: 'acme',
      project: 'examples',
      user_id: 'ann',
      provider: 'openai',
      model: MODEL,
      // A token of English has about four characters; what it really took is counted afterwards.
      estimated_tokens: { input_tokens: Math.ceil(JSON.stringify(messages).length / 3), output_tokens: MAX_TOKENS },
      why: 'the example of the documentation',
    },
    () => openai.chat.completions.create({ model: MODEL, messages, max_tokens: MAX_TOKENS }),
    ({ id, model, usage }) => ({ id, provider: 'openai', model, usage })
  );
  process.stdout.write(`${answer.choices[0]?.message.content}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Refused ? 'stopped: ' : ''}${String((error as Error).message)}\n`);
  process.exitCode = 1;
});
