import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type BudgetLine, niceStep, type Point } from './lines';
import { usdText } from '../../datasource/frames/usdText';

interface Props {
  line: BudgetLine;
  width: number;
  height: number;
  timeZone: string;
  showIdeal: boolean;
  /** What is written at each threshold, in their order. */
  labels: readonly string[];
}

const MARGIN = { top: 14, right: 12, bottom: 22, left: 64 };
const DAY_MS = 86_400_000;
/** px that a date and a number need. */
const DATE_WIDTH = 90;
const ROW_HEIGHT = 36;
/** px that the text of a threshold takes; closer ones stand beside each other. */
const LABEL_WIDTH = 190;
const LABEL_HEIGHT = 14;

/** The lines of one budget's window. */
export function BurnDown({ line, width, height, timeZone, showIdeal, labels }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const { start, end, limit, spent, expected, thresholds } = line;
  const [inner, tall] = [
    Math.max(1, width - MARGIN.left - MARGIN.right),
    Math.max(1, height - MARGIN.top - MARGIN.bottom),
  ];
  const most =
    Math.max(
      limit,
      ...thresholds.map(({ amount }) => amount),
      ...spent.map(({ amount }) => amount),
      ...expected.map(({ high }) => high)
    ) * 1.06;
  const x = (at: number) => MARGIN.left + ((Math.min(Math.max(at, start), end) - start) / (end - start)) * inner;
  const y = (amount: number) => MARGIN.top + tall - (amount / most) * tall;
  const path = (points: readonly Point[]) => points.map(({ at, amount }) => `${x(at)},${y(amount)}`).join(' ');
  const band = [
    ...expected.map(({ at, high }) => ({ at, amount: high })),
    ...[...expected].reverse().map(({ at, low }) => ({ at, amount: low })),
  ];
  const step = niceStep(most, Math.max(2, Math.floor(tall / ROW_HEIGHT)));
  const amounts = Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
  const dates = Math.max(1, Math.min(8, Math.floor(inner / DATE_WIDTH)));
  const format = end - start > 2 * DAY_MS ? 'MMM D' : 'HH:mm';
  const now = spent.at(-1);
  const shifts = thresholds.reduce<number[]>((list, { amount }, i) => {
    const close = i > 0 && y(thresholds[i - 1].amount) - y(amount) < LABEL_HEIGHT;
    return [...list, close ? list[i - 1] + 1 : 0];
  }, []);
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label={`${line.name}: ${usdText(now?.amount ?? 0)} of ${usdText(limit)} spent`}
    >
      {amounts.map((amount) => (
        <g key={amount}>
          <line className={styles.grid} x1={MARGIN.left} x2={width - MARGIN.right} y1={y(amount)} y2={y(amount)} />
          <text className={styles.text} x={MARGIN.left - 6} y={y(amount) + 4} textAnchor="end">
            {usdText(amount)}
          </text>
        </g>
      ))}
      {Array.from({ length: dates + 1 }, (_, i) => start + ((end - start) * i) / dates).map((at, i) => (
        <text
          key={at}
          className={styles.text}
          x={x(at)}
          y={height - 6}
          textAnchor={i === 0 ? 'start' : i === dates ? 'end' : 'middle'}
        >
          {dateTimeFormat(at, { timeZone, format })}
        </text>
      ))}
      {band.length > 0 && <polygon className={styles.band} points={path(band)} />}
      {showIdeal && (
        <line className={styles.ideal} x1={x(start)} y1={y(0)} x2={x(end)} y2={y(limit)}>
          <title>At this pace the limit lasts until the reset</title>
        </line>
      )}
      <polygon
        className={styles.area}
        points={`${x(start)},${y(0)} ${path(spent)} ${now ? `${x(now.at)},${y(0)}` : ''}`}
      />
      <polyline className={styles.spent} points={path(spent)} />
      {expected.length > 0 && <polyline className={styles.expected} points={path(expected)} />}
      <line className={styles.limit} x1={MARGIN.left} x2={width - MARGIN.right} y1={y(limit)} y2={y(limit)} />
      {thresholds.map(({ share, amount, crossedAt, crossesAt }, i) => {
        const at = crossedAt ?? crossesAt;
        return (
          <g key={share}>
            <line
              className={share >= 1 ? styles.limit : styles.threshold}
              x1={MARGIN.left}
              x2={width - MARGIN.right}
              y1={y(amount)}
              y2={y(amount)}
            />
            <text className={styles.label} x={MARGIN.left + 6 + shifts[i] * LABEL_WIDTH} y={y(amount) - 4}>
              {labels[i]}
            </text>
            {at !== null && (
              <circle className={styles.dot} cx={x(at)} cy={y(amount)} r={4}>
                <title>{labels[i]}</title>
              </circle>
            )}
          </g>
        );
      })}
      {now && (
        <line className={styles.now} x1={x(now.at)} x2={x(now.at)} y1={MARGIN.top} y2={MARGIN.top + tall}>
          <title>Now</title>
        </line>
      )}
    </svg>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const color = theme.visualization.getColorByName;
  return {
    grid: css({ stroke: theme.colors.border.weak }),
    text: css({ fill: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
    label: css({ fill: theme.colors.text.primary, fontSize: theme.typography.bodySmall.fontSize }),
    area: css({ fill: color('blue'), opacity: 0.15 }),
    spent: css({ fill: 'none', stroke: color('blue'), strokeWidth: 2 }),
    band: css({ fill: color('blue'), opacity: 0.15 }),
    expected: css({ fill: 'none', stroke: color('blue'), strokeWidth: 2, strokeDasharray: '5 4' }),
    ideal: css({ stroke: theme.colors.text.secondary, strokeDasharray: '2 4' }),
    limit: css({ stroke: color('red'), strokeWidth: 2 }),
    threshold: css({ stroke: color('orange'), strokeDasharray: '6 3' }),
    dot: css({ fill: theme.colors.background.primary, stroke: color('orange'), strokeWidth: 2 }),
    now: css({ stroke: theme.colors.border.strong }),
  };
};
