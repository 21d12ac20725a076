/**
 * The one function that turns a value into SQL text.
 *
 * Besides SQL's own rules the text passes two more readers when Grafana's PostgreSQL source runs it: the template pass
 * (`$name`, `${name}`, `[[name]]`) and the macro engine (`$__name`). So no bare `$` and no `[[` may be left; both are
 * written as hexadecimal escapes of an `E''` string.
 *
 * @throws Error on a NUL character, which PostgreSQL text cannot hold.
 */
export function literal(value: string): string {
  if (value.includes('\0')) {
    throw new Error('a value must not contain a NUL character');
  }
  const quoted = value.replace(/'/g, "''");
  if (!/[$\\]|\[\[/.test(quoted)) {
    return `'${quoted}'`;
  }
  return `E'${quoted
    .replace(/\\/g, '\\\\')
    .replace(/\$/g, '\\x24')
    .replace(/\[(?=\[)/g, '\\x5B')}'`;
}

/** An instant (ms since 1970) as a timestamptz literal. */
export const instant = (ms: number): string => `'${new Date(ms).toISOString()}'::timestamptz`;
