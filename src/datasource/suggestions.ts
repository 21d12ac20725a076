import type { TimeRange } from '@grafana/data';
import {
  COST_TYPES,
  type CostQuery,
  type GroupName,
  isGroupName,
  isTagDimension,
  parseQuery,
  QueryError,
  ROLLUPS,
} from '../query';
import type { ListQuestion, Path } from './paths/path';
import type { QueryFilter } from './types';

const DAY = 86_400_000;
const LIMIT = 1_000;
/** How long the same question gets the same answer: several variables and editors ask at once, new values come soon. */
const FRESH_MS = 10_000;

const inRollup = (name: GroupName): boolean => ROLLUPS.some(({ dimensions }) => (dimensions as Set<string>).has(name));

/** Whole days around a range, so that daily rollups answer; the last day only where single calls have to be read. */
function days(range: TimeRange, names: readonly GroupName[]): { from: number; to: number } {
  const to = Math.ceil(range.to.valueOf() / DAY) * DAY;
  const from = Math.floor(range.from.valueOf() / DAY) * DAY;
  return names.every((name) => name === 'cost_type' || inRollup(name))
    ? { from, to }
    : { from: Math.max(from, to - DAY), to };
}

/**
 * What to ask for the values of a dimension that occur with the filters, most used first.
 *
 * @throws QueryError for an unknown dimension or filter.
 */
export function valuesQuery(dimension: string, filters: readonly QueryFilter[], range: TimeRange): CostQuery {
  if (!isGroupName(dimension)) {
    throw new QueryError([{ path: 'dimension', message: `LLM Cost has no dimension "${dimension}"` }]);
  }
  const others = filters.filter((filter) => filter.dimension !== dimension && filter.dimension !== 'cost_type');
  const names = [dimension, ...others.map((filter) => filter.dimension).filter(isGroupName)];
  const { from, to } = days(range, names);
  return parseQuery({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    metrics: ['calls'],
    group_by: [dimension],
    filters: others,
    limit: LIMIT,
  });
}

interface Waiting extends ListQuestion {
  readonly resolve: (values: string[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Values and tag names for pickers, variables and ad-hoc filters. */
export class Suggestions {
  private readonly answers = new Map<string, { at: number; values: Promise<string[]> }>();
  private waiting: Waiting[] = [];

  constructor(private readonly path: Pick<Path, 'columns' | 'tagKeys'>) {}

  /**
   * The values of a dimension, most used first. What is asked for in one go becomes one request.
   *
   * @throws QueryError or Error with the cause and the cure.
   */
  async values(dimension: string, filters: readonly QueryFilter[], range: TimeRange): Promise<string[]> {
    if (dimension === 'cost_type') {
      return COST_TYPES.map(({ name }) => name);
    }
    const query = valuesQuery(dimension, filters, range);
    return this.remembered(JSON.stringify(query), () => this.later(dimension, query));
  }

  /** Whether questions are gathered for a request that has not been sent yet. */
  get isGathering(): boolean {
    return this.waiting.length > 0;
  }

  /** The tags that calls carry, as dimensions (`tags.<key>`). */
  async tagKeys(range: TimeRange): Promise<string[]> {
    const key = `tags ${range.from.valueOf()} ${range.to.valueOf()}`;
    return (await this.remembered(key, () => this.path.tagKeys(range))).filter(isTagDimension);
  }

  private later(dimension: string, query: CostQuery): Promise<string[]> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) {
        queueMicrotask(() => void this.askAll());
      }
      const refId = `values-${dimension}`;
      const same = this.waiting.filter((one) => one.refId.startsWith(refId)).length;
      this.waiting.push({ refId: same ? `${refId}-${same}` : refId, query, resolve, reject });
    });
  }

  private async askAll(): Promise<void> {
    const asked = this.waiting;
    this.waiting = [];
    try {
      const answers = await this.path.columns(asked);
      asked.forEach(({ resolve, reject }, i) => {
        const answer = answers[i];
        if (answer instanceof Error) {
          reject(answer);
        } else {
          resolve(answer);
        }
      });
    } catch (error) {
      asked.forEach(({ reject }) => reject(error));
    }
  }

  private remembered(question: string, ask: () => Promise<string[]>): Promise<string[]> {
    const now = Date.now();
    for (const [key, { at }] of this.answers) {
      if (now - at > FRESH_MS) {
        this.answers.delete(key);
      }
    }
    const known = this.answers.get(question);
    if (known) {
      return known.values;
    }
    const values = ask();
    this.answers.set(question, { at: now, values });
    values.catch(() => this.answers.delete(question));
    return values;
  }
}
