import {
  type DataFrame,
  type Field,
  FieldType,
  formattedValueToString,
  getDisplayProcessor,
  getFieldDisplayName,
  type GrafanaTheme2,
} from '@grafana/data';

export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** A number of a field, null when it is unknown. */
export function numberAt(field: Field | undefined, row: number): number | null {
  const value: unknown = field?.values[row];
  return isNumber(value) ? value : null;
}

/** A text of a field, empty when it has none. */
export function textAt(field: Field | undefined, row: number): string {
  const value: unknown = field?.values[row];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The field of that name, as the source calls it or as it is shown. */
export const fieldNamed = (frame: DataFrame, name: string | undefined): Field | undefined =>
  name ? frame.fields.find((field) => field.name === name || getFieldDisplayName(field, frame) === name) : undefined;

/** Money that is not known has no price; it is not zero. */
const UNKNOWN_MONEY = 'No price';

/** A value with its unit, by the field's configuration. */
export function shown(field: Field, value: unknown, theme: GrafanaTheme2): string {
  if (value === null || value === undefined) {
    const money = field.type === FieldType.number && field.config.unit?.startsWith('currency');
    return money ? (field.config.noValue ?? UNKNOWN_MONEY) : '–';
  }
  return formattedValueToString((field.display ?? getDisplayProcessor({ field, theme }))(value));
}
