import { type RawTimeRange, rangeUtil, type TimeRange } from '@grafana/data';
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

const DEFAULT: RawTimeRange = { from: 'now-30d', to: 'now' };

/** Milliseconds as dashboards write them into their address, or a relative time as it is. */
const text = (end: RawTimeRange['from']): string => (typeof end === 'string' ? end : String(end.valueOf()));

const read = (end: string | null, otherwise: RawTimeRange['from']): string =>
  end === null || end === '' ? text(otherwise) : /^\d+$/.test(end) ? new Date(Number(end)).toISOString() : end;

/** The page's time range, kept in its address as dashboards keep theirs. */
export function useRange(): { range: TimeRange; setRange: (range: TimeRange) => void } {
  const [search, setSearch] = useSearchParams();
  const [from, to] = [search.get('from'), search.get('to')];
  const range = useMemo(
    () => rangeUtil.convertRawToRange({ from: read(from, DEFAULT.from), to: read(to, DEFAULT.to) }),
    [from, to]
  );
  const setRange = useCallback(
    ({ raw }: TimeRange) =>
      setSearch((before) => {
        const after = new URLSearchParams(before);
        after.set('from', text(raw.from));
        after.set('to', text(raw.to));
        return after;
      }),
    [setSearch]
  );
  return { range, setRange };
}
