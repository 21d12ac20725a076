import { dateTime, type TimeRange } from '@grafana/data';
import { TimeRangePicker } from '@grafana/ui';
import React from 'react';

interface Props {
  range: TimeRange;
  onChange: (range: TimeRange) => void;
}

const absolute = (from: number, to: number): TimeRange => {
  const raw = { from: dateTime(from), to: dateTime(to) };
  return { ...raw, raw };
};

/** Grafana's time range picker: moves by half the range, zooms out to twice of it, as on dashboards. */
export function RangePicker({ range, onChange }: Props): React.JSX.Element {
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const half = (to - from) / 2;
  return (
    <TimeRangePicker
      value={range}
      onChange={onChange}
      onChangeTimeZone={() => undefined}
      onMoveBackward={() => onChange(absolute(from - half, to - half))}
      onMoveForward={() => onChange(absolute(from + half, to + half))}
      onZoom={() => onChange(absolute(from - half, to + half))}
    />
  );
}
