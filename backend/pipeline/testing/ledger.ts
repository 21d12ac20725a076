import type { UsageEvent } from '../../events/usageEvent';
import type { Normalized } from '../../normalize/candidate';
import { decide } from '../decide';
import type { Decision } from '../decision';
import { OnceMemory } from '../once/onceMemory';

/**
 * Stands for the database in tests of `decide`: keeps what its decisions make of the rows, and holds them to their
 * word: nothing is inserted twice, and only what is there is voided or changed.
 */
export class Ledger {
  readonly rows = new Map<string, UsageEvent>();

  constructor(readonly memory: OnceMemory = new OnceMemory()) {}

  /** Takes in what arrived together, as one transaction. */
  take(normalized: Pick<Normalized, 'candidates' | 'links' | 'readings'>, now = 0): Decision {
    const decision = decide(normalized, this.memory, now);
    for (const { event_id, time } of decision.void) {
      if (this.rows.get(event_id)?.time !== time || !this.rows.delete(event_id)) {
        throw new Error(`voided ${event_id}, which is not there`);
      }
    }
    for (const event of decision.insert) {
      if (this.rows.has(event.event_id)) {
        throw new Error(`inserted ${event.event_id} twice`);
      }
      this.rows.set(event.event_id, event);
    }
    for (const { event_id, time, set, event } of decision.update) {
      const row = this.rows.get(event_id);
      if (row?.time !== time) {
        throw new Error(`updated ${event_id}, which is not there`);
      }
      this.rows.set(event_id, { ...row, ...set });
      expect(this.rows.get(event_id)).toEqual(event);
    }
    this.memory.commit(now);
    return decision;
  }

  get events(): UsageEvent[] {
    return [...this.rows.values()].sort((a, b) => a.time - b.time || (a.event_id < b.event_id ? -1 : 1));
  }

  sums(): Record<string, number> {
    const sum = (...fields: Array<keyof UsageEvent>) =>
      this.events.reduce((total, event) => total + fields.reduce((n, field) => n + Number(event[field] ?? 0), 0), 0);
    return {
      input_tokens: sum('input_tokens'),
      output_tokens: sum('output_tokens'),
      cache_read_tokens: sum('cache_read_tokens'),
      cache_write_tokens: sum('cache_write_5m_tokens', 'cache_write_1h_tokens'),
      reasoning_tokens: sum('reasoning_tokens'),
      calls: this.rows.size,
      errors: this.events.filter(({ status }) => status !== 'ok').length,
    };
  }
}
