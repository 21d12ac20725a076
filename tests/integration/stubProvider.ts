import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stub said it used, by the name of the call. */
export interface StubUsage {
  readonly kind: 'chat' | 'stream' | 'embeddings';
  readonly input: number;
  readonly output: number;
}

/** A provider on loopback that speaks as much OpenAI as the tests need, and remembers what it charged for. */
export interface StubProvider {
  readonly url: string;
  readonly charged: readonly StubUsage[];
  /** Requests that were refused for their rate. */
  refusals(): number;
  close(): Promise<void>;
}

const CREATED = 1_760_000_000;

/** Answers chats, streams and embeddings; the model `rate-limited` gets a 429. Each answer has a usage of its own. */
export async function startStubProvider(): Promise<StubProvider> {
  const charged: StubUsage[] = [];
  let refused = 0;

  const charge = (kind: StubUsage['kind']): StubUsage => {
    const n = charged.length + 1;
    const usage = { kind, input: 1_000 * n + 7, output: kind === 'embeddings' ? 0 : 100 * n + 3 };
    charged.push(usage);
    return usage;
  };

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asked = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
      const json = (status: number, body: object) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      };
      if (asked.model === 'rate-limited') {
        refused++;
        json(429, { error: { message: 'Rate limit reached', type: 'rate_limit_error', code: 'rate_limit_exceeded' } });
      } else if (request.url?.endsWith('/embeddings')) {
        json(200, embeddings(asked, charge('embeddings')));
      } else if (asked.stream) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const events = streamed(asked, charge('stream'), charged.length);
        response.end(
          [...events.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
        );
      } else {
        json(200, chat(asked, charge('chat'), charged.length));
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    charged,
    refusals: () => refused,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

interface Asked {
  readonly model: string;
  readonly stream?: boolean;
  readonly encoding_format?: string;
}

const usageOf = ({ input, output }: StubUsage) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
});

/** The response names the dated snapshot that served it, as OpenAI's does. */
const served = ({ model }: Asked, n: number) => ({
  id: `chatcmpl-stub-${n}`,
  created: CREATED,
  model: `${model}-2025-04-14`,
  service_tier: 'default',
});

const chat = (asked: Asked, usage: StubUsage, n: number) => ({
  ...served(asked, n),
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop', logprobs: null }],
  usage: usageOf(usage),
});

function streamed(asked: Asked, usage: StubUsage, n: number): object[] {
  const chunk = (choices: object[], more: object = {}) => ({
    ...served(asked, n),
    object: 'chat.completion.chunk',
    choices,
    ...more,
  });
  return [
    chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
    chunk([{ index: 0, delta: { content: 'Hello' }, finish_reason: null }]),
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
    chunk([], { usage: usageOf(usage) }),
  ];
}

const embeddings = ({ model, encoding_format }: Asked, { input }: StubUsage) => ({
  object: 'list',
  model,
  data: [
    {
      object: 'embedding',
      index: 0,
      embedding:
        encoding_format === 'base64' ? Buffer.from(new Float32Array([0.1, 0.2]).buffer).toString('base64') : [0.1, 0.2],
    },
  ],
  usage: { prompt_tokens: input, total_tokens: input },
});
