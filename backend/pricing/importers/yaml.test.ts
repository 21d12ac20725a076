import { rowsFromYaml } from './yaml';

test('rates may go without quotes: every digit is kept', () => {
  const { rows, errors } = rowsFromYaml(`
prices:
  - provider: openai
    model: gpt-4o-mini
    effective_from: 2026-01-01
    input: 0.15000000000000000001
    output: "0.60"
    cache_read: ~
    tiers:
      - above_input_tokens: 200000
        input: 0.30
        output: 1
    time_of_day:
      - { from: 16:30, to: "00:30", zone: UTC, multiplier: 0.50 }
`);
  expect(errors).toEqual([]);
  expect(rows).toEqual([
    expect.objectContaining({
      model: 'gpt-4o-mini',
      effective_from: '2026-01-01T00:00:00Z',
      input: '0.15000000000000000001',
      output: '0.60',
      cache_read: null,
      tiers: [expect.objectContaining({ above_input_tokens: 200000, input: '0.30', output: '1' })],
      time_of_day: [expect.objectContaining({ from: '16:30', to: '00:30', multiplier: '0.50' })],
    }),
  ]);
});

test('a bare list will do', () => {
  expect(rowsFromYaml('- { provider: a, model: b, input: 1 }').rows).toHaveLength(1);
});

test.each([
  ['prices: 5', /^must be a list of prices/],
  ['', /^must be a list of prices/],
  ['- { provider: a', /^is not valid YAML: /],
])('%j is refused', (text, message) => {
  expect(rowsFromYaml(text)).toEqual({ rows: [], errors: [{ path: '', message: expect.stringMatching(message) }] });
});

test('a wrong row is named by its place', () => {
  const { rows, errors } = rowsFromYaml(
    '- { provider: a, model: b, input: 1 }\n- { provider: a, model: c, input: 1e-6 }'
  );
  expect(rows).toHaveLength(1);
  expect(errors).toEqual([{ path: '1.input', message: expect.stringContaining('plain decimal') }]);
});
