import {
  type DataFrame,
  type Field,
  FieldType,
  getFieldDisplayName,
  type GrafanaTheme2,
  type LinkModel,
  type TimeRange,
} from '@grafana/data';
import { NOT_SET, OTHER } from '../../query/labels';
import { fieldNamed, isNumber, numberAt, shown, textAt } from '../shared/fields';
import { shareText } from '../shared/share';
import type { LeaderboardOptions } from './options';
import { componentFields, type Segment, segmentsOf } from './segments';
import { type Trend, trendsOf } from './trend';

/** A cell of a further column: what is read, and what sorts. */
export interface Cell {
  readonly text: string;
  readonly sort: number | string | null;
}

export interface Row {
  /** 1 is the largest; null for what is no one: the rest, and what has no name. */
  readonly rank: number | null;
  readonly label: string;
  /** Null when unknown, e.g. the cost of calls without a price. */
  readonly value: number | null;
  readonly text: string;
  /** Part of the total, 0 to 1; null when the value is unknown. */
  readonly share: number | null;
  readonly color: string;
  readonly segments: readonly Segment[];
  readonly cells: readonly Cell[];
  readonly trend: Trend | undefined;
  readonly links: () => LinkModel[];
}

export interface Column {
  readonly name: string;
  readonly numeric: boolean;
  readonly description?: string;
}

export type Ranking =
  | {
      readonly state: 'rows';
      readonly labelName: string;
      readonly valueName: string;
      readonly columns: readonly Column[];
      readonly rows: readonly Row[];
      /** Sum of all rows, which is what the donut and the last line of the table say. */
      readonly totalText: string;
      readonly hasTrend: boolean;
    }
  /** Nothing came back. */
  | { readonly state: 'empty' }
  /** Rows came back, and none of them has a value. */
  | { readonly state: 'unknown' }
  /** The data has no text or no number. */
  | { readonly state: 'unfit' };

/** The most used model and its ratio are read together. */
const JOINED = { name: 'top_model', with: 'top_model_ratio' };

const isSeries = ({ fields }: DataFrame): boolean => fields.some(({ type }) => type === FieldType.time);

/** A column: one field, or two that are read together. */
interface Source extends Column {
  readonly field: Field;
  readonly ratio?: Field;
}

function sourcesOf(frame: DataFrame, taken: readonly Field[], names: readonly string[]): Source[] {
  const ratio = fieldNamed(frame, JOINED.with);
  const model = fieldNamed(frame, JOINED.name);
  const free = frame.fields.filter((field) => !taken.includes(field) && !(model && field === ratio));
  const chosen = names.length
    ? names.map((name) => fieldNamed(frame, name)).filter((field) => field !== undefined && free.includes(field))
    : free;
  return chosen
    .filter((field) => field !== undefined)
    .map((field) => ({
      field,
      name: getFieldDisplayName(field, frame),
      numeric: field.type === FieldType.number,
      description: field.config.description,
      ...(field === model && ratio ? { ratio } : {}),
    }));
}

function cellOf({ field, ratio, numeric }: Source, row: number, theme: GrafanaTheme2): Cell {
  const share = numberAt(ratio, row);
  const text = shown(field, field.values[row], theme);
  return {
    text: share === null ? text : `${text} (${shareText(share)})`,
    sort: numeric ? numberAt(field, row) : textAt(field, row),
  };
}

/** Whether a row stands for nobody in particular. */
const isRest = (label: string): boolean => label === OTHER || label === NOT_SET;

function colorOf(label: string, place: number, theme: GrafanaTheme2): string {
  const { palette } = theme.visualization;
  return isRest(label)
    ? theme.colors.text.disabled
    : theme.visualization.getColorByName(palette[place % palette.length]);
}

/** Largest first, what is unknown after it, and what is nobody at the end. */
const byValue = (a: Row, b: Row): number =>
  Number(isRest(a.label)) - Number(isRest(b.label)) || (b.value ?? -1) - (a.value ?? -1);

/** Ranks the rows of a table by a number, with the trends of the series that came with it. */
export function rankingOf(
  frames: DataFrame[],
  options: LeaderboardOptions,
  theme: GrafanaTheme2,
  range: TimeRange
): Ranking {
  const frame = frames.find((one) => one.length > 0 && !isSeries(one));
  if (!frame) {
    return { state: frames.some(isSeries) ? 'unfit' : 'empty' };
  }
  const label = fieldNamed(frame, options.labelField) ?? frame.fields.find(({ type }) => type === FieldType.string);
  const value = fieldNamed(frame, options.valueField) ?? frame.fields.find(({ type }) => type === FieldType.number);
  if (!label || !value) {
    return { state: 'unfit' };
  }
  const values = (value.values as unknown[]).filter(isNumber);
  if (values.length === 0) {
    return { state: 'unknown' };
  }
  const total = values.reduce((sum, one) => sum + one, 0);
  const components = componentFields(frame);
  const sources = sourcesOf(frame, [label, value, ...components], options.columns ?? []);
  const trends = trendsOf(frames.filter(isSeries), range);
  const rows = Array.from({ length: frame.length }, (_, row): Row => {
    const amount = numberAt(value, row);
    const name = textAt(label, row);
    return {
      rank: null,
      label: name,
      value: amount,
      text: shown(value, amount, theme),
      share: amount === null || total <= 0 ? null : Math.max(0, amount) / total,
      color: '',
      segments: options.showSplit ? segmentsOf(components, row, theme) : [],
      cells: sources.map((source) => cellOf(source, row, theme)),
      trend: trends.get(name),
      // The rest is no one that a link could lead to.
      links: () => (name === OTHER ? [] : (value.getLinks?.({ valueRowIndex: row }) ?? [])),
    };
  }).sort(byValue);
  return {
    state: 'rows',
    labelName: getFieldDisplayName(label, frame),
    valueName: getFieldDisplayName(value, frame),
    columns: sources.map(({ name, numeric, description }) => ({ name, numeric, description })),
    rows: rows.map((row, i) => ({
      ...row,
      rank: isRest(row.label) ? null : i + 1,
      color: colorOf(row.label, i, theme),
    })),
    totalText: shown(value, total, theme),
    hasTrend: trends.size > 0,
  };
}

/** The ranking in words, for those who don't see the donut. */
export function describe(title: string, rows: readonly Row[], totalText: string): string {
  const list = rows.slice(0, 10).map(({ label, share, text }) => `${label} ${shareText(share)} (${text})`);
  const more = rows.length > list.length ? `, and ${rows.length - list.length} more` : '';
  return `${title || 'Leaderboard'}: total ${totalText}. ${list.join(', ')}${more}`;
}
