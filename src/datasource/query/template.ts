import type { ScopedVars } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';

const SOLE = /^\s*(?:\$(\w+)|\$\{(\w+)(?:\.[^:}]+)?\}|\[\[(\w+)\]\])\s*$/;
const ALL = '$__all';

/** Characters that mean something in a PostgreSQL regular expression. */
const escapeRegex = (value: string): string => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether the variable is set to All where the query runs: a repeated panel has its own value of it. */
function isAll(name: string, scopedVars: ScopedVars): boolean {
  const templates = getTemplateSrv();
  const variable = templates.getVariables().find((one) => one.name === name);
  const current: unknown = variable && 'current' in variable ? variable.current.value : undefined;
  // The text alone would take a tenant that is called "All" for everything.
  return [current].flat().includes(ALL) && templates.replace(`\${${name}:text}`, scopedVars) === 'All';
}

/**
 * The texts that a text with template variables stands for: one for each combination of the variables' values. Values
 * never become part of a query before they are quoted, so each is taken out of the template pass as it is.
 *
 * Null means that nothing is asked for: the text is one variable, and that is set to All or to nothing.
 *
 * @param regex escapes the variables' values, so that `gpt-4.1` doesn't match `gpt-4x1`; `${name:raw}` isn't escaped
 */
export function expand(text: string, scopedVars: ScopedVars, regex = false): string[] | null {
  const lists: string[][] = [];
  // NUL can't occur in a value: PostgreSQL text can't hold it.
  const marked = getTemplateSrv().replace(text, scopedVars, (value: unknown) => {
    lists.push([value].flat().map((one) => (regex ? escapeRegex(String(one)) : String(one))));
    return `\0${lists.length - 1}\0`;
  });
  const sole = SOLE.exec(text);
  if (sole && lists.length) {
    const empty = lists[0].every((value) => value === '');
    return empty || isAll(sole[1] ?? sole[2] ?? sole[3], scopedVars) ? null : lists[0];
  }
  return lists.reduce(
    (texts, list, i) => texts.flatMap((one) => list.map((value) => one.split(`\0${i}\0`).join(value))),
    [marked]
  );
}
