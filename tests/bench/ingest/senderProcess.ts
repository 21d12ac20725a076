import { fork } from 'node:child_process';
import path from 'node:path';
import type { Command, Sent } from './sender';

export interface Sender {
  prepare(requests: number, spans: number, gzip: boolean): Promise<void>;
  burst(url: string, concurrency: number): Promise<Sent>;
  pace(url: string, everyMs: number): Promise<Sent>;
  stop(): void;
}

export function startSender(): Sender {
  const child = fork(path.join(__dirname, 'sender.ts'), { execArgv: ['--import', 'tsx'] });
  const tell = (command: Command) =>
    new Promise<Sent | null>((resolve, reject) => {
      child.once('message', (reply: { sent: Sent | null } | { error: string }) =>
        'error' in reply ? reject(new Error(reply.error)) : resolve(reply.sent)
      );
      child.send(command);
    });
  const measured = async (command: Command): Promise<Sent> => {
    const sent = await tell(command);
    if (!sent || sent.refused > 0) {
      throw new Error(`${sent?.refused ?? 'all'} requests were refused`);
    }
    return sent;
  };
  return {
    prepare: async (requests, spans, gzip) => void (await tell({ kind: 'prepare', requests, spans, gzip })),
    burst: (url, concurrency) => measured({ kind: 'burst', url, concurrency }),
    pace: (url, everyMs) => measured({ kind: 'pace', url, everyMs }),
    stop: () => child.kill(),
  };
}
