import { type DataFrame, FieldType } from '@grafana/data';
import { NOT_SET } from '../../query/labels';
import { fieldNamed, numberAt, textAt } from '../shared/fields';

/** Sums over the calls of one model. */
export interface ModelFacts {
  readonly model: string;
  /** USD; null when none of its calls has a price. */
  readonly cost: number | null;
  readonly calls: number;
  readonly unpricedCalls: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  /** USD for input that no cache took part in. */
  readonly inputCost: number;
  readonly cacheReadCost: number;
}

/** Sums over the calls of one model for one kind of work. */
export interface WorkFacts {
  /** What tells kinds of work apart, e.g. feature, agent and operation; empty when the calls say none of it. */
  readonly work: string;
  readonly model: string;
  readonly cost: number;
  readonly calls: number;
  /** Successful calls by calls. */
  readonly successRatio: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** USD for all input, cached or not. */
  readonly inputCost: number;
  readonly outputCost: number;
}

export interface UserFacts {
  readonly user: string;
  readonly cost: number;
}

/** What the rules look at. */
export interface Facts {
  readonly models: readonly ModelFacts[];
  readonly work: readonly WorkFacts[];
  /** The first of the dimensions that tell kinds of work apart. */
  readonly workName: string;
  /** The most expensive users; their number where the data has it. */
  readonly users: readonly UserFacts[];
  /** USD, all models together. */
  readonly total: number;
  readonly calls: number;
}

const texts = (frame: DataFrame): string[] =>
  frame.fields.filter(({ type }) => type === FieldType.string).map(({ name }) => name);

type Read = (name: string) => number;

/** One object for each row of a frame. */
function rows<T>(
  frame: DataFrame | undefined,
  make: (number: Read, text: (name: string) => string, row: number) => T
): T[] {
  return Array.from({ length: frame?.length ?? 0 }, (_, row) =>
    make(
      (name) => numberAt(fieldNamed(frame!, name), row) ?? 0,
      (name) => textAt(fieldNamed(frame!, name), row),
      row
    )
  );
}

/**
 * Reads the tables that the panel was given, told apart by what they are grouped by: the model; the model and further
 * dimensions, which tell kinds of work apart; the user.
 */
export function factsOf(frames: readonly DataFrame[]): Facts {
  const by = (...names: string[]) => frames.find((frame) => texts(frame).join() === names.join());
  const models = by('model');
  const users = by('user_id');
  const work = frames.find((frame) => texts(frame).length > 1 && texts(frame).includes('model'));
  const kinds = (work ? texts(work) : []).filter((name) => name !== 'model');
  const modelFacts = rows(models, (number, text, row): ModelFacts => ({
    model: text('model'),
    cost: numberAt(fieldNamed(models!, 'total_cost'), row),
    calls: number('calls'),
    unpricedCalls: number('unpriced_calls'),
    inputTokens: number('input_tokens'),
    cacheReadTokens: number('cache_read_tokens'),
    inputCost: number('input_cost'),
    cacheReadCost: number('cache_read_cost'),
  }));
  return {
    models: modelFacts,
    work: rows(work, (number, text): WorkFacts => ({
      work: kinds
        .map(text)
        .filter((kind) => kind !== NOT_SET)
        .join(' · '),
      model: text('model'),
      cost: number('total_cost'),
      calls: number('calls'),
      successRatio: number('success_ratio'),
      inputTokens: number('input_tokens'),
      outputTokens: number('output_tokens'),
      inputCost: number('input_cost') + number('cache_read_cost') + number('cache_write_cost'),
      outputCost: number('output_cost'),
    })),
    workName: kinds[0]?.replace(/_/g, ' ') ?? '',
    users: rows(users, (number, text) => ({ user: text('user_id'), cost: number('total_cost') })),
    total: modelFacts.reduce((sum, { cost }) => sum + (cost ?? 0), 0),
    calls: modelFacts.reduce((sum, { calls }) => sum + calls, 0),
  };
}
