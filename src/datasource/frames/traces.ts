import type { DataLink } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';

/** The query by which each kind of source shows one trace. Grafana puts the id in the place of the macro. */
const ID = '${__value.raw}';
const TRACE_QUERIES: Readonly<Record<string, object>> = {
  tempo: { refId: 'A', queryType: 'traceql', query: ID },
  jaeger: { refId: 'A', query: ID },
  zipkin: { refId: 'A', queryType: 'traceID', query: ID },
};

/** Types of data sources that traces can be looked up in. */
export const TRACE_TYPES = Object.keys(TRACE_QUERIES);

/** A link from a trace id to the trace in the user's source; undefined when none is chosen, or it is gone. */
export function traceLink(uid: string | undefined): DataLink | undefined {
  const source = uid ? getDataSourceSrv().getInstanceSettings(uid) : undefined;
  const query = source && TRACE_QUERIES[source.type];
  return source && query
    ? {
        title: `Trace in ${source.name}`,
        url: '',
        internal: { datasourceUid: source.uid, datasourceName: source.name, query },
      }
    : undefined;
}
