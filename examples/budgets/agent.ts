import { randomUUID } from 'node:crypto';
import OpenAI from 'openai';
import { LlmCost, Refused } from './client';

/**
 * An agent that goes on until its work is done, or until its run has cost what one may: a budget with the period `run`
 * stops it between two steps, and says why.
 */

const MODEL = process.env.CHAT_MODEL ?? 'gpt-4.1-mini';
const MAX_STEPS = 20;
const MAX_TOKENS = 1_000;

async function main(): Promise<void> {
  const openai = new OpenAI();
  const llmcost = new LlmCost();
  const run = randomUUID();
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'user', content: 'Research the history of budgets. Answer DONE when there is nothing left to find.' },
  ];
  for (let step = 1; step <= MAX_STEPS; step++) {
    const { choices } = await llmcost.guard(
      {
        tenant: 'acme',
        agent: 'researcher',
        run_id: run,
        provider: 'openai',
        model: MODEL,
        estimated_tokens: { input_tokens: Math.ceil(JSON.stringify(messages).length / 3), output_tokens: MAX_TOKENS },
      },
      () => openai.chat.completions.create({ model: MODEL, messages, max_tokens: MAX_TOKENS }),
      ({ id, model, usage }) => ({ id, provider: 'openai', model, usage })
    );
    const said = choices[0]?.message.content ?? '';
    process.stdout.write(`step ${step}: ${said}\n`);
    if (said.includes('DONE')) {
      return;
    }
    messages.push({ role: 'assistant', content: said }, { role: 'user', content: 'Go on.' });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Refused ? 'stopped: ' : ''}${String((error as Error).message)}\n`);
  process.exitCode = 1;
});
