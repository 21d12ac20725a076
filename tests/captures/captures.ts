import fs from 'node:fs';
import path from 'node:path';

/** What a request body is. */
export type CaptureSignal = 'traces' | 'logs' | 'metrics' | 'litellm';

/** One request that a client sent. */
export interface CapturedRequest {
  readonly name: string;
  readonly signal: CaptureSignal;
  readonly encoding: 'protobuf' | 'json';
  readonly body: Buffer;
}

/** Sums that a capture must give; only what is named is known. */
export type Truth = Partial<
  Record<
    | 'input_tokens'
    | 'output_tokens'
    | 'cache_read_tokens'
    | 'cache_write_tokens'
    | 'reasoning_tokens'
    | 'calls'
    | 'errors',
    number
  >
>;

/** The requests of one client with their truth. */
export interface Capture {
  readonly name: string;
  readonly truth: Truth;
  readonly requests: readonly CapturedRequest[];
}

const KIND = /-(traces|logs|metrics|hook)\.(pb|raw\.json|body\.json)$/;

/** Every capture, requests in the order in which they were sent. */
export function readCaptures(): Capture[] {
  const truths = JSON.parse(fs.readFileSync(path.join(__dirname, 'truth.json'), 'utf8')) as Record<string, Truth>;
  return Object.entries(truths).map(([name, truth]) => ({ name, truth, requests: readRequests(name) }));
}

function readRequests(name: string): CapturedRequest[] {
  const folder = path.join(__dirname, name);
  return fs
    .readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const [, kind, ending] = KIND.exec(file) ?? [];
      return kind === undefined
        ? []
        : [
            {
              name: `${name}/${file}`,
              signal: (kind === 'hook' ? 'litellm' : kind) as CaptureSignal,
              encoding: ending === 'pb' ? ('protobuf' as const) : ('json' as const),
              body: fs.readFileSync(path.join(folder, file)),
            },
          ];
    });
}
