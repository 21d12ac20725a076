import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, type IconName, useStyles2 } from '@grafana/ui';
import React from 'react';
import type { Trend } from './trend';

const WIDTH = 64;
const HEIGHT = 18;

const ICONS: Readonly<Record<Trend['word'], IconName>> = {
  increasing: 'arrow-up',
  stable: 'arrow-right',
  decreasing: 'arrow-down',
};

/** Corners of the line through the points, left to right, zero at the bottom. */
function corners(points: readonly number[]): string {
  const top = Math.max(...points);
  const step = WIDTH / (points.length - 1);
  return points
    .map((y, x) => `${(x * step).toFixed(1)},${(HEIGHT - 1 - (y / top) * (HEIGHT - 2)).toFixed(1)}`)
    .join(' ');
}

/** A line of the amounts and a word for where they go. */
export function TrendCell({ trend }: { trend: Trend | undefined }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  if (!trend) {
    return <span title="Too few whole days, or nothing spent">–</span>;
  }
  const percent = `${trend.change >= 0 ? '+' : '−'}${Math.abs(trend.change * 100).toFixed(0)}%`;
  return (
    <span className={styles.trend} title={`${percent} over the range, by the line that fits best`}>
      <svg width={WIDTH} height={HEIGHT} aria-hidden>
        <polyline className={styles.line} points={corners(trend.points)} />
      </svg>
      <span className={styles.word}>
        <Icon name={ICONS[trend.word]} size="sm" />
        {trend.word}
      </span>
    </span>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  // One above the other, as amount and share are: the last column is the first to be cut off.
  trend: css({ display: 'inline-flex', flexDirection: 'column', whiteSpace: 'nowrap' }),
  word: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(0.25) }),
  line: css({ fill: 'none', stroke: theme.colors.primary.text, strokeWidth: 1.5 }),
});
