import { textOf } from './values';

/** At most this many tags per event; a caller that sends more keeps the first ones. */
export const MAX_TAGS = 32;

const MAX_NAME = 64;

/** A list of labels as tags: `team:search` and `team=search` have a value, a bare label is `true`. */
export function tagList(labels: readonly unknown[]): Record<string, string> | null {
  const tags: Record<string, string> = {};
  for (const label of labels.slice(0, MAX_TAGS)) {
    const [, name = '', value] = /^([^:=]+)[:=]?(.*)$/s.exec(textOf(label) ?? '') ?? [];
    if (name !== '' && name.length <= MAX_NAME && !name.startsWith('__')) {
      tags[name.trim()] = value?.trim() || 'true';
    }
  }
  return Object.keys(tags).length ? tags : null;
}
