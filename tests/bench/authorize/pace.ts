export interface Pace {
  readonly perSecond: number;
  readonly seconds: number;
}

/**
 * Starts work at an even rate, whether or not what came before is done. As Node's own agent does it, work takes the line that
 * was free last: few are in use while answers are quick. Work that is due waits for one.
 *
 * @returns ms from when each was due, in the order of their ends.
 */
export async function evenly<Line>(
  { perSecond, seconds }: Pace,
  lines: readonly Line[],
  work: (line: Line, index: number) => Promise<unknown>
): Promise<number[]> {
  const latencies: number[] = [];
  const free = [...lines];
  const waiting: Array<(line: Line) => void> = [];
  const take = (): Promise<Line> | Line => free.pop() ?? new Promise((resolve) => waiting.push(resolve));
  const give = (line: Line): void => {
    const next = waiting.shift();
    if (next) {
      next(line);
    } else {
      free.push(line);
    }
  };
  const one = async (index: number, due: number) => {
    const line = await take();
    await work(line, index);
    latencies.push(performance.now() - due);
    give(line);
  };
  const started = performance.now();
  const under: Array<Promise<void>> = [];
  for (let index = 0; index < perSecond * seconds; index++) {
    const due = started + (index * 1000) / perSecond;
    const isLate = performance.now() > due;
    while (performance.now() < due) {
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    }
    // Timers of the caller's own wake it up to a millisecond late, which is nothing that the other side did.
    const asking = one(index, isLate ? due : performance.now());
    // Told at the end, as it may fail before that.
    asking.catch(() => undefined);
    under.push(asking);
  }
  await Promise.all(under);
  return latencies;
}
