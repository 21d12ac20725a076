import {
  type DataFrame,
  type DisplayValue,
  type Field,
  FieldType,
  formattedValueToString,
  getDisplayProcessor,
  getFieldDisplayName,
  type GrafanaTheme2,
  type LinkModel,
} from '@grafana/data';
import { isNumber } from '../shared/fields';
import { shareText } from '../shared/share';
import type { SplitOptions } from './options';

/** One part of the bar. */
export interface Part {
  readonly label: string;
  /** Null when unknown, e.g. the cost of calls without a price. */
  readonly value: number | null;
  /** The value with its unit. */
  readonly text: string;
  /** Part of the whole, 0 to 1; null when the value is unknown. */
  readonly share: number | null;
  readonly color: string;
  /** Further numbers, as text: "500,000 tokens per dollar". */
  readonly details: readonly string[];
  readonly links: () => LinkModel[];
}

export type Split =
  | { readonly state: 'parts'; readonly parts: readonly Part[] }
  /** Nothing came back. */
  | { readonly state: 'empty' }
  /** Something came back, and none of it has a value. */
  | { readonly state: 'unknown' }
  /** The data has no numbers to divide. */
  | { readonly state: 'unfit' };

const displayOf = (field: Field, theme: GrafanaTheme2): ((value: unknown) => DisplayValue) =>
  field.display ?? getDisplayProcessor({ field, theme });

const nameOf = (field: Field, frame: DataFrame, frames: DataFrame[]) => getFieldDisplayName(field, frame, frames);

const find = (fields: Field[], frame: DataFrame, frames: DataFrame[], name: string | undefined) =>
  fields.find((field) => Boolean(name) && (field.name === name || nameOf(field, frame, frames) === name)) ?? fields[0];

/** The value with its unit; money that is not known has no price, it is not zero. */
function valueText(field: Field, value: number | null, theme: GrafanaTheme2): string {
  if (value !== null) {
    return formattedValueToString(displayOf(field, theme)(value));
  }
  return field.config.unit?.startsWith('currency') ? 'No price' : 'No value';
}

/** A number in a sentence: "500,000 tokens per dollar", "$0.0020 cost per 1K tokens". */
function detail(field: Field, value: unknown, name: string, theme: GrafanaTheme2): string {
  const text = isNumber(value) ? formattedValueToString(displayOf(field, theme)(value)) : '–';
  return `${text} ${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

type Draft = Omit<Part, 'share'>;

/** Each row of a table is a part. */
function fromRows(
  frame: DataFrame,
  frames: DataFrame[],
  label: Field,
  numbers: Field[],
  options: SplitOptions,
  theme: GrafanaTheme2
): Draft[] {
  const valueField = find(numbers, frame, frames, options.valueField);
  const others = numbers.filter((field) => field !== valueField);
  return Array.from({ length: frame.length }, (_, row): Draft => {
    const shown = displayOf(label, theme)(label.values[row]);
    const raw: unknown = valueField.values[row];
    const value = isNumber(raw) ? raw : null;
    const palette = theme.visualization.palette;
    return {
      label: formattedValueToString(shown),
      value,
      text: valueText(valueField, value, theme),
      color:
        mapped(label, label.values[row], shown) ?? theme.visualization.getColorByName(palette[row % palette.length]),
      details: others.map((field) => detail(field, field.values[row], nameOf(field, frame, frames), theme)),
      links: () => valueField.getLinks?.({ valueRowIndex: row }) ?? [],
    };
  });
}

/** The colour that a value mapping gives; a text field has no colour of its own. */
function mapped({ config }: Field, value: unknown, shown: DisplayValue): string | undefined {
  const hit = config.mappings?.some(
    ({ type, options }) =>
      type === 'value' && Boolean((options as Record<string, { color?: string }>)[String(value)]?.color)
  );
  return hit ? shown.color : undefined;
}

/** Each number is a part; several rows of it, as in a time series, are added up. */
function fromFields(frames: DataFrame[], theme: GrafanaTheme2): Draft[] {
  return frames.flatMap((frame) =>
    frame.fields
      .filter(({ type }) => type === FieldType.number)
      .map((field): Draft => {
        const known = (field.values as unknown[]).filter(isNumber);
        const value = known.length ? known.reduce((sum, one) => sum + one, 0) : null;
        return {
          label: nameOf(field, frame, frames),
          value,
          text: valueText(field, value, theme),
          color:
            displayOf(field, theme)(value).color ?? theme.visualization.getColorByName(theme.visualization.palette[0]),
          details: [],
          links: () => field.getLinks?.({ valueRowIndex: Math.max(0, frame.length - 1) }) ?? [],
        };
      })
  );
}

/** Divides a table (one row for each part) or a set of numbers (one field for each part). */
export function splitOf(frames: DataFrame[], options: SplitOptions, theme: GrafanaTheme2): Split {
  const filled = frames.filter((frame) => frame.length > 0 && frame.fields.length > 0);
  if (filled.length === 0) {
    return { state: 'empty' };
  }
  const [frame] = filled;
  const numbers = frame.fields.filter(({ type }) => type === FieldType.number);
  const texts = frame.fields.filter(({ type }) => type === FieldType.string);
  if (numbers.length === 0) {
    return { state: 'unfit' };
  }
  const drafts = texts.length
    ? fromRows(frame, filled, find(texts, frame, filled, options.labelField), numbers, options, theme)
    : fromFields(filled, theme);
  const total = drafts.reduce((sum, { value }) => sum + Math.max(0, value ?? 0), 0);
  const parts = drafts
    .filter(({ value }) => !(options.hideZero && value === 0))
    .map((draft) => ({
      ...draft,
      share: draft.value === null || total === 0 ? null : Math.max(0, draft.value) / total,
    }));
  if (drafts.every(({ value }) => value === null)) {
    return { state: 'unknown' };
  }
  return parts.length ? { state: 'parts', parts } : { state: 'empty' };
}

/** The whole bar in words, for those who don't see it. */
export function describe(title: string, parts: readonly Part[]): string {
  const list = parts.map(
    ({ label, share, text }) => `${label} ${[shareText(share), text && `(${text})`].filter(Boolean).join(' ')}`
  );
  return `${title || 'Split'}: ${list.join(', ')}`;
}
