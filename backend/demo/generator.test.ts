import { slotCalls, slotOf, SLOT_MS, type World } from './generator';
import type { WireEvent } from './wireEvent';

const DAY = 86_400_000;
const start = Date.parse('2026-01-05T10:00:00Z');
const world: World = { seed: 'test', start };

const callsOf = (from: number, to: number, copy = 0): WireEvent[] => {
  const calls: WireEvent[] = [];
  for (let slot = slotOf(from); slot < slotOf(to); slot++) {
    calls.push(...slotCalls(world, slot, copy));
  }
  return calls;
};

const month = callsOf(start, start + 30 * DAY);
const share = (some: (call: WireEvent) => boolean, of: readonly WireEvent[] = month) =>
  of.filter(some).length / of.length;
const sum = (calls: readonly WireEvent[], field: 'input_tokens' | 'output_tokens' | 'reasoning_tokens') =>
  calls.reduce((total, { usage }) => total + (usage?.[field] ?? 0), 0);
const groups = (of: (call: WireEvent) => string | undefined): Map<string, WireEvent[]> => {
  const found = new Map<string, WireEvent[]>();
  for (const call of month) {
    const key = of(call);
    if (key !== undefined) {
      const group = found.get(key);
      if (group) {
        group.push(call);
      } else {
        found.set(key, [call]);
      }
    }
  }
  return found;
};

describe('the demo month', () => {
  it('has between 60,000 and 130,000 calls', () => {
    expect(month.length).toBeGreaterThan(60_000);
    expect(month.length).toBeLessThan(130_000);
  });

  it('is the same again from the same seed, and another from another', () => {
    const slot = slotOf(start + 5 * DAY);
    expect(slotCalls(world, slot)).toEqual(slotCalls({ ...world }, slot));
    expect(slotCalls({ ...world, seed: 'other' }, slot)).not.toEqual(slotCalls(world, slot));
  });

  it('gives every call an id of its own, further copies too', () => {
    const copies = [...month, ...callsOf(start, start + DAY, 1), ...callsOf(start, start + DAY, 2)];
    expect(new Set(copies.map(({ id }) => id)).size).toBe(copies.length);
  });

  it('begins with a call in the first hour, whatever the hour', () => {
    const night = Date.parse('2026-01-04T02:00:00Z');
    for (let hour = 0; hour < 24; hour++) {
      const begin = night + hour * 3_600_000;
      expect(slotCalls({ seed: 'test', start: begin }, slotOf(begin)).length).toBeGreaterThan(0);
    }
  });

  it('lets the top 5% of the users make about two thirds of the calls', () => {
    const perUser = [...groups(({ user_id }) => user_id).values()].map(({ length }) => length).sort((a, b) => b - a);
    const top = perUser.slice(0, Math.ceil(perUser.length * 0.05)).reduce((total, calls) => total + calls, 0);
    expect(top / month.length).toBeGreaterThan(0.6);
    expect(top / month.length).toBeLessThan(0.72);
    expect(perUser[0]! / month.length).toBeLessThan(0.15);
  });

  it('sleeps at night and at the weekend', () => {
    const copilot = month.filter(({ service }) => service === 'copilot-gateway');
    const hour = (call: WireEvent) => (new Date(call.time).getUTCHours() + 24 - 5) % 24;
    const [day, night] = [
      share((call) => hour(call) >= 9 && hour(call) < 17, copilot),
      share((call) => hour(call) < 6, copilot),
    ];
    expect(day).toBeGreaterThan(0.5);
    expect(night).toBeLessThan(0.08);
    expect(share((call) => [0, 6].includes(new Date(call.time).getUTCDay()), copilot)).toBeLessThan(0.16);
  });

  it("jumps in prompt size with Acme's release #402 and not before", () => {
    const answers = month.filter((call) => call.agent === 'answerer' && call.status === 'ok');
    const mean = (...releases: string[]) => {
      const calls = answers.filter(({ release }) => releases.includes(release ?? ''));
      return sum(calls, 'input_tokens') / calls.length;
    };
    const [early, late, jumped] = [mean('#396', '#397', '#398'), mean('#399', '#400', '#401'), mean('#402', '#403')];
    expect(jumped / late).toBeGreaterThan(1.12);
    expect(jumped / late).toBeLessThan(1.27);
    expect(Math.abs(late / early - 1)).toBeLessThan(0.05);
  });

  it('has errors, refusals, retries, batch, unknown models, unseen usage, each a small part', () => {
    const parts = {
      error: share(({ status }) => status === 'error'),
      timeout: share(({ status }) => status === 'timeout'),
      rate_limited: share(({ status }) => status === 'rate_limited'),
      retry: share(({ attempt }) => attempt > 1),
      unknown: share(({ model }) => model === 'acme-intent-v2'),
      unseen: share(({ usage }) => usage === undefined),
      batch: share(({ service_tier }) => service_tier === 'batch'),
    };
    for (const part of Object.values(parts)) {
      expect(part).toBeGreaterThan(0.0005);
      expect(part).toBeLessThan(0.1);
    }
  });

  it('runs pipelines with several agents, the failed ones again in the same run', () => {
    const runs = [...groups(({ run_id }) => run_id).values()];
    expect(runs.some((calls) => new Set(calls.map(({ agent }) => agent)).size >= 4)).toBe(true);
    const retried = runs.filter((calls) => calls.some(({ attempt }) => attempt > 1));
    expect(retried.length).toBeGreaterThan(100);
    for (const calls of retried) {
      const second = calls.findIndex(({ attempt }) => attempt === 2);
      expect(calls.slice(0, second).some(({ attempt, status }) => attempt === 1 && status !== 'ok')).toBe(true);
    }
  });

  it('keeps every part within its whole and every number whole', () => {
    const odd = month.filter(({ usage = {}, duration_ms }) => {
      const { input_tokens = 0, output_tokens = 0, cache_read_tokens = 0, reasoning_tokens = 0 } = usage;
      const written = (usage.cache_write_5m_tokens ?? 0) + (usage.cache_write_1h_tokens ?? 0);
      const whole = [...Object.values(usage), duration_ms].every((count) => Number.isInteger(count) && count >= 0);
      return !whole || cache_read_tokens + written > input_tokens || reasoning_tokens > output_tokens;
    });
    expect(odd).toEqual([]);
  });

  it('lets no call end more than a slot after its own', () => {
    const slot = slotOf(start + 3 * DAY + 4 * 3_600_000);
    for (const call of slotCalls(world, slot)) {
      expect(Date.parse(call.time)).toBeLessThan((slot + 2) * SLOT_MS);
    }
  });
});
