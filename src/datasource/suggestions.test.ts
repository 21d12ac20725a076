import { compile } from '../query';
import { NOVEMBER, range } from '../testing/sources';
import type { ListQuestion } from './paths/path';
import { Suggestions, valuesQuery } from './suggestions';

const valuesSql = (...asked: Parameters<typeof valuesQuery>) =>
  compile(valuesQuery(...asked), { dialect: 'grafana' }).sql;

describe('the values of a dimension', () => {
  it('are read from the daily rollup, for whole days around the range, most used first', () => {
    const sql = valuesSql('model', [], range('2026-11-01T10:00:00Z', '2026-11-03T11:00:00Z'));
    expect(sql).toContain("FROM public.usage_model_1d WHERE bucket >= '2026-11-01T00:00:00.000Z'");
    expect(sql).toContain("bucket < '2026-11-04T00:00:00.000Z'");
    expect(sql).not.toContain('usage_events');
    expect(sql).toMatch(/ORDER BY grouped.rank_value DESC.* LIMIT 1000$/);
  });

  it('are narrowed by the other filters, not by a filter of their own or by cost type', () => {
    const sql = valuesSql(
      'model',
      [
        { dimension: 'tenant', operator: '=', values: ["o'hara"] },
        { dimension: 'model', operator: '=', values: ['gpt-4.1'] },
        { dimension: 'cost_type', operator: '=', values: ['input'] },
      ],
      NOVEMBER
    );
    expect(sql).toContain("tenant IN ('o''hara')");
    expect(sql).not.toContain('gpt-4.1');
    expect(sql).not.toContain('input_cost');
  });

  it('are read from the last day where single calls have to be read', () => {
    const sql = valuesSql('tags.ticket', [], NOVEMBER);
    expect(sql).toContain("time >= '2026-11-07T00:00:00.000Z'");
    expect(sql).toContain("tags->>'ticket'");
  });

  it('are refused for an unknown dimension', () => {
    expect(() => valuesSql('colour', [], NOVEMBER)).toThrow(/no dimension "colour"/);
  });
});

describe('answers', () => {
  const run = jest.fn<Promise<Array<string[] | Error>>, [readonly ListQuestion[]]>();
  const tagKeys = jest.fn();
  const path = { columns: run, tagKeys };
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    run.mockReset().mockImplementation((asked) => Promise.resolve(asked.map(() => ['gpt-4.1', 'qwen3'])));
  });
  afterEach(() => jest.useRealTimers());

  it('are the first column, and are kept for ten seconds', async () => {
    const suggestions = new Suggestions(path);
    expect(await suggestions.values('model', [], NOVEMBER)).toEqual(['gpt-4.1', 'qwen3']);
    await suggestions.values('model', [], NOVEMBER);
    expect(run).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(10_001);
    await suggestions.values('model', [], NOVEMBER);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('that failed are asked for again', async () => {
    const suggestions = new Suggestions(path);
    run.mockRejectedValueOnce(new Error('away'));
    await expect(suggestions.values('model', [], NOVEMBER)).rejects.toThrow('away');
    run.mockResolvedValueOnce([new Error('too slow')]);
    await expect(suggestions.values('model', [], NOVEMBER)).rejects.toThrow('too slow');
    expect(await suggestions.values('model', [], NOVEMBER)).toHaveLength(2);
  });

  it('to what is asked for in one go come with one request, each its own', async () => {
    const acme = [{ dimension: 'tenant', operator: '=' as const, values: ['acme'] }];
    run.mockResolvedValueOnce([['gpt-4.1'], new Error('too slow'), ['qwen3']]);
    const suggestions = new Suggestions(path);
    const asked = [
      suggestions.values('model', [], NOVEMBER),
      suggestions.values('team', [], NOVEMBER),
      suggestions.values('model', acme, NOVEMBER),
    ];
    expect(
      (await Promise.allSettled(asked)).map((one) => (one.status === 'fulfilled' ? one.value : 'refused'))
    ).toEqual([['gpt-4.1'], 'refused', ['qwen3']]);
    expect(run.mock.calls.map(([questions]) => questions.map(({ refId }) => refId))).toEqual([
      ['values-model', 'values-team', 'values-model-1'],
    ]);
  });

  it('about cost types need no database', async () => {
    expect(await new Suggestions(path).values('cost_type', [], NOVEMBER)).toEqual([
      'input',
      'cache_read',
      'cache_write',
      'output',
      'other',
    ]);
    expect(run).not.toHaveBeenCalled();
  });

  it('about tags are dimensions', async () => {
    tagKeys.mockResolvedValue(['tags.ticket', 'tags.']);
    expect(await new Suggestions(path).tagKeys(NOVEMBER)).toEqual(['tags.ticket']);
  });
});
