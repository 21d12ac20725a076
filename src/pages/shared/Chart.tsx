import { css } from '@emotion/css';
import { type DataFrame, type FieldConfigSource, LoadingState, type TimeRange } from '@grafana/data';
import { PanelRenderer } from '@grafana/runtime';
import { useStyles2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { useWidth } from './useWidth';

const HEIGHT = 240;
const OPTIONS = {
  legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
  tooltip: { mode: 'multi', sort: 'desc' },
};
const BARS: FieldConfigSource = {
  defaults: {
    min: 0,
    custom: { drawStyle: 'bars', fillOpacity: 80, lineWidth: 0, barWidthFactor: 0.8, stacking: { mode: 'normal' } },
  },
  overrides: [],
};

interface Props {
  /** What is drawn; its numbers are also in the page's tables. */
  label: string;
  frames: DataFrame[];
  range: TimeRange;
  onChangeRange?: (range: { from: number; to: number }) => void;
}

/** Stacked bars over time, drawn by Grafana's time series panel. */
export function Chart({ label, frames, range, onChangeRange }: Props): React.JSX.Element {
  const style = useStyles2(getStyle);
  const { ref, width } = useWidth<HTMLDivElement>();
  const data = useMemo(() => ({ state: LoadingState.Done, series: frames, timeRange: range }), [frames, range]);
  return (
    <div ref={ref} className={style} role="figure" aria-label={label}>
      {width > 0 && (
        <PanelRenderer
          pluginId="timeseries"
          title={label}
          data={data}
          options={OPTIONS}
          fieldConfig={BARS}
          width={width}
          height={HEIGHT}
          onChangeTimeRange={onChangeRange}
        />
      )}
    </div>
  );
}

const getStyle = () => css({ height: HEIGHT, width: '100%', overflow: 'hidden' });
