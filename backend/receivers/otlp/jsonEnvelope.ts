import type { Origin } from './decoded';
import { attributes, isObject, object, parseObject, readEach, text, type JsonObject } from './jsonValue';
import type { Unread } from './unreadable';

/** Key names of one signal's JSON envelope, e.g. resourceSpans / scopeSpans / spans. */
export interface JsonSignal<Record> {
  readonly resources: string;
  readonly scopes: string;
  readonly records: string;
  read(record: JsonObject, where: string): Record;
}

/**
 * The OTLP/JSON form of {@link readEnvelope}.
 * @param unread takes records that can't be read; null: one refuses the request
 * @throws FormatError
 */
export function parseEnvelope<Record>(
  body: string,
  signal: JsonSignal<Record>,
  unread: Unread = null
): Array<{ origin: Origin; records: Record[] }> {
  const request = parseObject(body, 'OTLP request');
  const { resources, scopes, records } = signal;
  const inScope = (part: unknown): number => lengthOf(part, records);
  const inResource = (group: unknown): number =>
    itemsOf(group, scopes).reduce<number>((sum, part) => sum + inScope(part), 0);
  return readEach(
    request,
    resources,
    'request',
    unread,
    (group, at) => {
      const resource = attributes(object(group, 'resource', at), `${at}.resource`);
      return readEach(
        group,
        scopes,
        at,
        unread,
        (part, where) => {
          const scope = object(part, 'scope', where);
          const origin: Origin = {
            resource,
            scopeName: text(scope.name),
            scopeVersion: text(scope.version),
            scopeAttributes: attributes(scope, `${where}.scope`),
          };
          return { origin, records: readEach(part, records, where, unread, signal.read) };
        },
        (part) => Math.max(1, inScope(part))
      );
    },
    (group) => Math.max(1, inResource(group))
  ).flat();
}

const itemsOf = (parent: unknown, key: string): unknown[] =>
  isObject(parent) && Array.isArray(parent[key]) ? (parent[key] as unknown[]) : [];

const lengthOf = (parent: unknown, key: string): number => itemsOf(parent, key).length;
