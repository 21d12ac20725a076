import pino from 'pino';
import { repeat, WOKEN_MS } from './repeating';

function logged(): { log: pino.Logger; lines: Array<{ level: number; msg: string }> } {
  const lines: Array<{ level: number; msg: string }> = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line) as (typeof lines)[0]) });
  return { log, lines };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test('rounds follow each other, one at a time; stopping waits for the one that runs', async () => {
  let running = 0;
  let most = 0;
  let rounds = 0;
  const job = repeat(
    {
      name: 'counting',
      everyMs: 1,
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        rounds++;
      },
    },
    logged().log
  );
  await until(() => rounds === 3 && running === 1);
  await job.stop();
  expect({ most, rounds, running }).toEqual({ most: 1, rounds: 4, running: 0 });
});

test('of an outage the first failure is a warning; after a success the next one is again', async () => {
  const { log, lines } = logged();
  let rounds = 0;
  const run = () => (++rounds === 3 ? Promise.resolve() : Promise.reject(new Error('away')));
  const job = repeat({ name: 'working', everyMs: 1, run, meanwhile: 'nobody minds' }, log);
  await until(() => rounds >= 5);
  await job.stop();
  expect(lines.slice(0, 4).map(({ level }) => level)).toEqual([40, 20, 40, 20]);
  expect(lines[0]!.msg).toBe('working failed; nobody minds');
});

test('woken, it works soon, and again when it was woken while it worked', async () => {
  let rounds = 0;
  let waiting: (() => void) | undefined;
  const run = () => {
    rounds++;
    return new Promise<void>((resolve) => (waiting = resolve));
  };
  const job = repeat({ name: 'following', everyMs: 3_600_000, run }, logged().log);
  job.wake();
  await until(() => rounds === 1);
  job.wake();
  waiting?.();
  await until(() => rounds === 2);
  waiting?.();
  await job.stop();
  job.wake();
  await new Promise((resolve) => setTimeout(resolve, 2 * WOKEN_MS));
  expect(rounds).toBe(2);
});

test('a failure that is expected is no warning', async () => {
  const { log, lines } = logged();
  let rounds = 0;
  const run = () => Promise.reject(new Error(`${++rounds}`));
  const job = repeat({ name: 'trying', everyMs: 1, run, isExpected: () => true }, log);
  await until(() => rounds >= 2);
  await job.stop();
  expect(lines.map(({ level }) => level)).toEqual(lines.map(() => 20));
});
