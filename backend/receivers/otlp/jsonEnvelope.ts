import type { Origin } from './decoded';
import { attributes, object, objects, parseObject, text, type JsonObject } from './jsonValue';

/** Key names of one signal's JSON envelope, e.g. resourceSpans / scopeSpans / spans. */
export interface JsonSignal<Record> {
  readonly resources: string;
  readonly scopes: string;
  readonly records: string;
  read(record: JsonObject, where: string): Record;
}

/**
 * The OTLP/JSON form of {@link readEnvelope}.
 * @throws FormatError
 */
export function parseEnvelope<Record>(
  body: string,
  signal: JsonSignal<Record>
): Array<{ origin: Origin; records: Record[] }> {
  const request = parseObject(body, 'OTLP request');
  return objects(request, signal.resources, 'request').flatMap((group, g) => {
    const at = `${signal.resources}[${g}]`;
    const resource = attributes(object(group, 'resource', at), `${at}.resource`);
    return objects(group, signal.scopes, at).map((part, p) => {
      const where = `${at}.${signal.scopes}[${p}]`;
      const scope = object(part, 'scope', where);
      const origin: Origin = {
        resource,
        scopeName: text(scope.name),
        scopeVersion: text(scope.version),
        scopeAttributes: attributes(scope, `${where}.scope`),
      };
      const records = objects(part, signal.records, where).map((record, r) =>
        signal.read(record, `${where}.${signal.records}[${r}]`)
      );
      return { origin, records };
    });
  });
}
