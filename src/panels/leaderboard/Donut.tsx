import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { shareText } from '../shared/share';
import { describe, type Row } from './ranking';

/** With this radius the circumference is 100, so that lengths of arcs are percentages. */
const RADIUS = 100 / (2 * Math.PI);
const CENTER = 21;
/** Width of a character of the total, by its font size. */
const CHARACTER = 0.62;

interface Props {
  title: string;
  rows: readonly Row[];
  totalText: string;
  /** px */
  size: number;
}

/** The shares around their total; one image with a description to a screen reader. */
export function Donut({ title, rows, totalText, size }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const shown = rows.filter(({ share }) => share !== null && share > 0);
  const begins = shown.map((_row, i) => shown.slice(0, i).reduce((sum, { share }) => sum + (share ?? 0), 0));
  // The text has to stay inside of the ring.
  const font = Math.min(5, 22 / (totalText.length * CHARACTER));
  return (
    <svg
      className={styles.donut}
      width={size}
      height={size}
      viewBox={`0 0 ${2 * CENTER} ${2 * CENTER}`}
      role="img"
      aria-label={describe(title, rows, totalText)}
    >
      {shown.map(({ label, share, text, color }, i) => (
        <circle
          key={label}
          cx={CENTER}
          cy={CENTER}
          r={RADIUS}
          fill="none"
          stroke={color}
          strokeWidth={6}
          strokeDasharray={`${(share ?? 0) * 100} 100`}
          strokeDashoffset={-begins[i] * 100}
          transform={`rotate(-90 ${CENTER} ${CENTER})`}
        >
          <title>{`${label}: ${text} (${shareText(share)})`}</title>
        </circle>
      ))}
      <text className={styles.total} x={CENTER} y={CENTER} fontSize={font} dy="0.1em">
        {totalText}
      </text>
      <text className={styles.caption} x={CENTER} y={CENTER} fontSize={2.6} dy="2em">
        total
      </text>
    </svg>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  donut: css({ flexShrink: 0 }),
  total: css({
    fill: theme.colors.text.primary,
    fontWeight: theme.typography.fontWeightMedium,
    textAnchor: 'middle',
    dominantBaseline: 'middle',
  }),
  caption: css({ fill: theme.colors.text.secondary, textAnchor: 'middle' }),
});
