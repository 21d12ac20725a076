import { fork } from 'node:child_process';
import path from 'node:path';
import type { Asked, Command } from './callers';

export interface Callers {
  tell(command: Command): Promise<Asked>;
  stop(): void;
}

export function startCallers(): Callers {
  const child = fork(path.join(__dirname, 'callers.ts'), { execArgv: ['--import', 'tsx'] });
  return {
    tell: (command) =>
      new Promise((resolve, reject) => {
        child.once('message', (reply: { done: Asked } | { error: string }) =>
          'error' in reply ? reject(new Error(reply.error)) : resolve(reply.done)
        );
        child.send(command);
      }),
    stop: () => child.kill(),
  };
}
