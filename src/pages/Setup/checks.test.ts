import type { CollectorStatus } from '../../collector/client';
import { collectorCheck, dataCheck } from './checks';

const settings = { collectorUrl: 'http://127.0.0.1:4318' };
const status: CollectorStatus = {
  version: '0.1.0',
  started_at: '2026-11-22T08:00:00Z',
  events_total: 122_363,
  last_event_at: new Date(Date.now() - 60_000).toISOString(),
  unpriced_calls_24h: 173,
  sources: [],
};
const failed = (code: number, detail?: string) =>
  collectorCheck(settings, { state: 'failed', error: { status: code, statusText: 'x', config: {}, data: { detail } } });

describe('the collector', () => {
  it('has no address', () => {
    expect(collectorCheck({}, { state: 'loading' })).toMatchObject({ status: 'error', title: 'No collector address' });
  });

  it('is asked', () => {
    expect(collectorCheck(settings, { state: 'loading' }).message).toBe('Asking http://127.0.0.1:4318 …');
  });

  it('is running', () => {
    const { status: found, title, message } = collectorCheck(settings, { state: 'ok', value: status });
    expect([found, title]).toEqual(['success', 'Collector 0.1.0 is running']);
    expect(message).toMatch(
      /122,363 calls stored, the last one a minute ago\. 173 calls of the last 24 hours have no price\./
    );
  });

  it.each([
    [401, /refuses the token.*scope “read”/],
    [403, /may not ask/],
    [404, /not enabled, or the address is not that of a collector/],
    [502, /can’t be reached from Grafana’s server/],
    [503, /is running, but can’t answer now.*database.*works again by itself/],
    [500, /answers with 500/],
  ])('answers %d: says what to do', (code, message) => {
    expect(failed(code).message).toMatch(message);
  });

  it('is said to be there where only its database is away', () => {
    expect(failed(503).title).toBe('Collector can’t answer now');
    expect(failed(502).title).toBe('Collector does not answer');
  });

  it('has the last word about why', () => {
    expect(failed(401, 'the key was revoked').message).toMatch(/\(the key was revoked\)$/);
    expect(failed(403, 'this concerns every tenant').message).toMatch(
      /may not ask for this: this concerns every tenant\.$/
    );
  });
});

describe('data', () => {
  it.each([
    ['success', 'Data is arriving', 'success'],
    ['warning', 'Waiting for the first call', 'warning'],
    ['error', 'Data source does not answer', 'error'],
  ])('%s', (found, title, shown) => {
    expect(dataCheck({ state: 'ok', value: { status: found, message: 'm' } })).toEqual({
      status: shown,
      title,
      message: 'm',
    });
  });

  it('can’t be asked for', () => {
    expect(dataCheck({ state: 'failed', error: new Error('plugin is missing') }).message).toBe('plugin is missing');
  });
});
