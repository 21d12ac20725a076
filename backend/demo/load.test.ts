import { CollectorClient, CollectorError } from './collectorClient';
import type { World } from './generator';
import { loadHistory, trickle } from './load';
import { releasesOf } from './releases';
import { findBeginning } from './resume';
import { startStubCollector, type StubCollector } from './testing/stubCollector';

const HOUR = 3_600_000;
const now = Date.parse('2026-01-14T13:25:00Z');
const start = Date.parse('2026-01-13T13:00:00Z');
const world: World = { seed: 'test', start };
const quiet = () => undefined;

let stub: StubCollector;
let collector: CollectorClient;
beforeEach(async () => {
  stub = await startStubCollector();
  collector = new CollectorClient(stub.url, 'a-key');
});
afterEach(() => stub.close());

const times = () => [...stub.events.values()].map(({ time }) => Date.parse(time));

describe('the history', () => {
  it('ends now, and sent again adds nothing', async () => {
    const first = await loadHistory(collector, world, start, now, quiet);
    expect(first.accepted).toBe(first.sent);
    expect(first.sent).toBeGreaterThan(2_000);
    expect(Math.max(...times())).toBeLessThanOrEqual(now);
    expect(Math.max(...times())).toBeGreaterThan(now - 10 * 60_000);
    const again = await loadHistory(collector, world, start, now, quiet);
    expect(again).toMatchObject({ sent: first.sent, accepted: 0 });
  });

  it('brings what users say of some calls, none of which is unknown', async () => {
    await loadHistory(collector, world, start, now, quiet);
    expect(stub.feedback.size).toBeGreaterThan(20);
    expect(stub.feedback.size).toBeLessThan(stub.events.size / 20);
    expect([...stub.feedback.keys()].filter((id) => !stub.events.has(id))).toEqual([]);
    const content = [...stub.feedback.values()].filter(({ success }) => success).length / stub.feedback.size;
    expect(content).toBeGreaterThan(0.6);
    expect(content).toBeLessThan(0.95);
  });

  it('brings the releases, each at the time from which calls carry it', () => {
    const later = start + 9 * 24 * HOUR;
    const support = releasesOf(world, start, later).filter(({ service }) => service === 'support-api');
    expect(support.map(({ version, time }) => [version, Date.parse(time) - start])).toEqual([
      ['#397', 4 * 24 * HOUR],
      ['#398', 8 * 24 * HOUR],
    ]);
    expect(releasesOf(world, start + 8 * 24 * HOUR, later)).toEqual([]);
  });

  it('reports its progress up to the end', async () => {
    const shares: number[] = [];
    await loadHistory(collector, world, start, now, ({ share }) => shares.push(share));
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('comes again when the collector asks for it', async () => {
    stub.refusals.push({ status: 503, headers: { 'retry-after': '1' }, body: { detail: 'busy' } });
    const { accepted } = await loadHistory(collector, world, now - HOUR, now, quiet);
    expect(accepted).toBe(stub.events.size);
  });

  it('stops with the first reason when a call is refused', async () => {
    const items = [{ status: 'accepted' }, { status: 'rejected', reason: 'unknown field "colour"' }];
    stub.refusals.push({ status: 200, body: { accepted: 1, duplicate: 0, rejected: 1, items } });
    await expect(loadHistory(collector, world, now - HOUR, now, quiet)).rejects.toThrow('unknown field "colour"');
  });

  it('names the status and the cause of any other answer', async () => {
    stub.refusals.push({ status: 401, body: { detail: 'the key is not known' } });
    const refused = collector.query({});
    await expect(refused).rejects.toThrow(CollectorError);
    await expect(refused).rejects.toThrow('POST /v1/query answered 401: the key is not known');
    expect([...stub.keys]).toEqual(['a-key']);
  });
});

describe('the beginning', () => {
  it('is `days` before now on an empty collector, at a whole hour', async () => {
    const beginning = await findBeginning(collector, 'test', 30, now);
    expect(beginning).toEqual({
      world: { seed: 'test', start: now - 30 * 24 * HOUR - 25 * 60_000 },
      from: now - 30 * 24 * HOUR - 25 * 60_000,
      first: true,
    });
  });

  it('is where an earlier demo ended, in the same world, and fills the gap without a double', async () => {
    await loadHistory(collector, world, start, now - 5 * HOUR, quiet);
    const before = stub.events.size;
    const beginning = await findBeginning(collector, 'test', 30, now);
    expect(beginning).toMatchObject({ world, first: false });
    expect(beginning.from).toBeLessThanOrEqual(now - 5 * HOUR);
    const { sent, accepted } = await loadHistory(collector, beginning.world, beginning.from, now, quiet);
    expect(stub.events.size).toBe(before + accepted);
    expect(sent - accepted).toBeLessThan(accepted);

    const whole = await startStubCollector();
    await loadHistory(new CollectorClient(whole.url, undefined), world, start, now, quiet);
    expect([...stub.events.keys()].sort()).toEqual([...whole.events.keys()].sort());
    await whole.close();
  });

  it('is bounded after a long pause', async () => {
    await loadHistory(collector, world, start, start + HOUR, quiet);
    const later = now + 100 * 24 * HOUR;
    const beginning = await findBeginning(collector, 'test', 30, later);
    expect(beginning.world).toEqual(world);
    expect(beginning.from).toBe(later - 30 * 24 * HOUR - 25 * 60_000);
  });
});

describe('the live trickle', () => {
  /** Lets the clock run one minute per tick. */
  async function run(minutes: number, pace?: number): Promise<void> {
    const stop = new AbortController();
    let at = now;
    const clock = () => {
      at += 60_000;
      if (at >= now + minutes * 60_000) {
        stop.abort();
      }
      return at;
    };
    await trickle(collector, world, { from: now, now: clock, tickMs: 1, pace }, stop.signal, quiet);
  }

  it('goes on where the history ended, never ahead of the clock, and leaves nothing out', async () => {
    await loadHistory(collector, world, start, now, quiet);
    await run(120, 1);
    expect(Math.max(...times())).toBeLessThanOrEqual(now + 120 * 60_000);
    const live = new Set(stub.events.keys());
    const { accepted } = await loadHistory(collector, world, start, now + 119 * 60_000, quiet);
    expect(accepted).toBe(0);
    expect(live.size).toBe(stub.events.size);
  });

  it('is lively for ten minutes, about a call a second, and usual after that', async () => {
    await run(30);
    const perSecond = (from: number, to: number) =>
      times().filter((time) => time >= now + from * 60_000 && time < now + to * 60_000).length / ((to - from) * 60);
    expect(perSecond(0, 10)).toBeGreaterThan(0.7);
    expect(perSecond(0, 10)).toBeLessThan(3);
    expect(perSecond(11, 30)).toBeLessThan(0.3);
  });
});
