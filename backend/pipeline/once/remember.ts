import type { SpanLink } from '../../normalize/candidate';
import type { Sighting, Verdict } from './sighting';

/** Where a time series of a token counter stands. */
export interface CounterState {
  /** µs since 1970. */
  readonly start: number;
  /** µs since 1970. */
  readonly time: number;
  readonly value: number;
  readonly calls: number | null;
}

/** What one decision adds to the memory: everything that a replica, or a restarted collector, has to take over. */
export interface Remember {
  readonly links: SpanLink[];
  readonly sightings: Sighting[];
  readonly verdicts: Map<string, Verdict>;
  readonly counters: Map<string, CounterState>;
}

export const emptyRemember = (): Remember => ({ links: [], sightings: [], verdicts: new Map(), counters: new Map() });

const BIGINT = 'bigint:';

/** As text, for a journal. Lossless: bigint amounts come back as such. */
export const serialize = ({ links, sightings, verdicts, counters }: Remember): string =>
  JSON.stringify([links, sightings, [...verdicts], [...counters]], (_key, value: unknown) =>
    typeof value === 'bigint' ? `${BIGINT}${value}` : value
  );

/** @throws SyntaxError when the text was not made by {@link serialize} */
export function deserialize(text: string): Remember {
  const [links, sightings, verdicts, counters] = JSON.parse(text, (key, value: unknown) =>
    key === 'reported_cost' && typeof value === 'string' ? BigInt(value.slice(BIGINT.length)) : value
  ) as [SpanLink[], Sighting[], Array<[string, Verdict]>, Array<[string, CounterState]>];
  return { links, sightings, verdicts: new Map(verdicts), counters: new Map(counters) };
}
