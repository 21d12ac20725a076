import { normalizeTraces } from '../../normalize/traces';
import { at, decodedSpan, origin, semconv, type Entries, type TestSpan } from '../../normalize/testing/spans';
import { Ledger } from '../testing/ledger';

const VOLT = '@voltagent/core';
const SPRING = 'org.springframework.boot';

interface Report extends TestSpan {
  readonly version?: string;
}

/** Tokens of what is counted when each report arrives by itself, in every order. */
function counted(reports: readonly Report[]): Array<Array<number | null>> {
  const outcomes = permutations(reports).map((ordered) => {
    const ledger = new Ledger();
    for (const report of ordered) {
      const group = {
        ...origin(report.scope ?? ''),
        scopeVersion: report.version ?? '1',
        spans: [decodedSpan(report)],
      };
      ledger.take(normalizeTraces([group], undefined, at(3600)));
    }
    return [...ledger.rows.values()].map((row) => [row.input_tokens, row.output_tokens]).sort();
  });
  expect(new Set(outcomes.map((rows) => JSON.stringify(rows))).size).toBe(1);
  return outcomes[0] ?? [];
}

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));

const agent = (input: number, output: number): Report => ({
  scope: VOLT,
  id: 'a',
  from: 0,
  to: 9,
  attributes: {
    'entity.type': 'agent',
    'ai.model.name': 'gpt-4o-mini',
    'usage.prompt_tokens': input,
    'usage.completion_tokens': output,
  },
});

const step = (tokens: Entries, more: Partial<Report> = {}): Report => ({
  scope: VOLT,
  id: 'l',
  parent: 'a',
  from: 1,
  to: 8,
  attributes: { 'span.type': 'llm', 'entity.type': 'agent', 'llm.model': 'gpt-4o-mini', ...tokens },
  ...more,
});

const LAST = { 'llm.usage.prompt_tokens': 600, 'llm.usage.completion_tokens': 60 };

describe('VoltAgent', () => {
  it("an agent's sum is believed over its last step, which counts where there is no other", () => {
    expect(counted([agent(1000, 100), step(LAST)])).toEqual([[1000, 100]]);
    expect(counted([step(LAST)])).toEqual([[600, 60]]);
  });

  it('an attempt that failed is a call of its own', () => {
    const failed = step({}, { id: 'f', from: 0.2, to: 0.5, error: 'Rate limit' });
    expect(counted([agent(1000, 100), failed, step(LAST)])).toEqual([
      [null, null],
      [1000, 100],
    ]);
  });

  it("the calls that the provider's SDK reports below tell it better than both", () => {
    const sdk = (id: string, from: number, input: number, output: number): Report => ({
      scope: 'opentelemetry.instrumentation.genai.openai',
      id,
      parent: 'l',
      from,
      to: from + 1,
      attributes: semconv(input, output),
    });
    expect(counted([agent(1000, 100), step(LAST), sdk('x', 2, 400, 40), sdk('y', 5, 600, 60)])).toEqual([
      [400, 40],
      [600, 60],
    ]);
  });
});

const chat = (
  id: string,
  from: number,
  tokens: [number, number],
  finish: string,
  more: Partial<Report> = {}
): Report => ({
  scope: SPRING,
  version: '3.5.8',
  id,
  parent: 'p',
  from,
  to: from + 1,
  attributes: semconv(...tokens, { 'gen_ai.response.finish_reasons': [finish] }),
  ...more,
});

describe('Spring AI 1', () => {
  it("a loop's last call holds the tokens of those before", () => {
    const loop = [
      chat('a', 0, [100, 10], 'TOOL_CALLS'),
      chat('b', 2, [300, 30], 'TOOL_CALLS'),
      chat('c', 4, [600, 60], 'STOP'),
    ];
    expect(counted(loop)).toEqual([[600, 60]]);
    expect(counted(loop.slice(0, 2))).toEqual([[300, 30]]);
  });

  it('loops of two callers stay apart, and so do calls of release 2', () => {
    const other = { parent: 'q' };
    expect(counted([chat('a', 0, [100, 10], 'TOOL_CALLS'), chat('b', 2, [300, 30], 'STOP', other)])).toHaveLength(2);
    const second = { version: '4.0.3' };
    expect(
      counted([chat('a', 0, [100, 10], 'TOOL_CALLS', second), chat('b', 2, [300, 30], 'STOP', second)])
    ).toHaveLength(2);
  });
});

const AG2 = 'opentelemetry.instrumentation.ag2';

describe('AG2', () => {
  const call = (id: string, from: number, tokens: [number, number]): Report => ({
    scope: AG2,
    id,
    parent: 'turn',
    from,
    to: from + 1,
    attributes: semconv(...tokens, { 'ag2.span.type': 'llm' }),
  });
  const account = (id: string, from: number, tokens: [number, number], kind = 'model_call'): Report => ({
    scope: AG2,
    id,
    parent: 'turn',
    from,
    to: from,
    attributes: {
      'ag2.span.type': 'usage',
      'ag2.usage.kind': kind,
      'gen_ai.response.model': 'gpt-4o-mini',
      'gen_ai.usage.input_tokens': tokens[0],
      'gen_ai.usage.output_tokens': tokens[1],
    },
  });

  it('the account of a call repeats it, however late it is written', () => {
    const twice = [call('a', 0, [9, 3]), account('b', 4, [9, 3]), call('c', 5, [9, 3]), account('d', 9, [9, 3])];
    expect(counted(twice)).toEqual([
      [9, 3],
      [9, 3],
    ]);
  });

  it('what has an account alone is counted by it', () => {
    expect(counted([call('a', 0, [9, 3]), account('b', 1, [9, 3]), account('c', 2, [50, 5], 'compaction')])).toEqual([
      [50, 5],
      [9, 3],
    ]);
  });
});
