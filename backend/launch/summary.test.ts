import { DateTime } from 'luxon';
import type { CollectorClient, QueryReply } from '../demo/collectorClient';
import { costSummary, usd } from './summary';

const NOW = DateTime.fromISO('2026-03-10T12:00:00Z', { zone: 'UTC' });

interface Asked {
  readonly from: string;
  readonly group_by: readonly string[];
}

function answering(answer: (query: Asked) => Array<Array<string | number | null>>, unpriced = 0): CollectorClient {
  const query = (asked: Asked): Promise<QueryReply> =>
    Promise.resolve({
      columns: [...asked.group_by, 'total_cost', 'calls', 'total_tokens'].map((name) => ({ name })),
      rows: answer(asked),
      unpriced: { calls: unpriced, tokens: unpriced * 100 },
    });
  return { query } as unknown as CollectorClient;
}

it('shows today, the month, the ranking with shares, and what the sums leave out', async () => {
  const lines = await costSummary(
    answering(({ group_by, from }) => {
      if (group_by[0] === 'model') {
        return [
          ['gpt-5.1', '75.000000000001', 1200, 3_000_000],
          ['qwen3-8b', '25', 800, 1_000_000],
          ['mystery', null, 7, 700],
        ];
      }
      if (group_by[0] === 'tenant') {
        return [['acme', '100.000000000001', 2007, 4_000_700]];
      }
      return [[from.startsWith('2026-03-10') ? '0.16' : '100.000000000001', 2007, 4_000_700]];
    }, 7),
    NOW
  );
  expect(lines).toEqual([
    'Today $0.16 (2,007 calls)   ·   This month $100.00 (2,007 calls)   ·   Last 30 days $100.00 (2,007 calls)',
    'Not in these sums: 7 calls of the last 30 days that have no price',
    '',
    'Model         Cost  Share  Calls     Tokens',
    '────────  ────────  ─────  ─────  ─────────',
    'gpt-5.1     $75.00  75.0%  1,200  3,000,000',
    'qwen3-8b    $25.00  25.0%    800  1,000,000',
    'mystery   unpriced      –      7        700',
    '',
    'Tenant     Cost   Share  Calls     Tokens',
    '──────  ───────  ──────  ─────  ─────────',
    'acme    $100.00  100.0%  2,007  4,000,700',
  ]);
});

it('says nothing where there is no call yet', async () => {
  expect(
    await costSummary(
      answering(() => [[null, 0, 0]]),
      NOW
    )
  ).toBeNull();
  expect(
    await costSummary(
      answering(() => []),
      NOW
    )
  ).toBeNull();
});

it.each([
  ['0', '$0.00'],
  ['0.0000012', '$0.0000012'],
  ['0.0042', '$0.0042'],
  ['0.16', '$0.16'],
  ['1234.5', '$1,234.50'],
  [null, 'unpriced'],
])('shows %s as %s', (value, shown) => {
  expect(usd(value)).toBe(shown);
});
