import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { shareText } from '../shared/share';
import type { Breakdown } from './breakdown';

const BEFORE_BAR = ['Agent', 'Cost', 'Share'];
const AFTER_BAR = ['Calls', 'Failed', 'Retries', 'Retry cost'];

type Run = Extract<Breakdown, { state: 'run' }>;

/** The agents of a run with their part of its cost; the last line is the whole run. */
export function AgentTable({ title, run }: { title: string; run: Run }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const { agents } = run;
  return (
    <table className={styles.table} aria-label={`${title || 'Run'}: agents`}>
      <thead>
        <tr>
          {BEFORE_BAR.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
          <td aria-hidden />
          {AFTER_BAR.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {agents.map((one) => (
          <tr key={one.agent}>
            <th scope="row">
              <span className={styles.swatch} style={{ background: one.color }} />
              {one.agent}
            </th>
            <td>{one.text}</td>
            <td>{shareText(one.share)}</td>
            <td className={styles.barCell} aria-hidden>
              <span className={styles.bar} style={{ width: `${(one.share ?? 0) * 100}%`, background: one.color }} />
            </td>
            <td>{one.calls}</td>
            <td>{one.failed}</td>
            <td>{one.retries}</td>
            <td>{one.retryText}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">Whole run</th>
          <td>{run.totalText}</td>
          <td>{agents.some(({ share }) => share !== null) ? '100%' : ''}</td>
          <td aria-hidden />
          <td>{agents.reduce((total, { calls }) => total + calls, 0)}</td>
          <td>{run.failed}</td>
          <td>{run.retries}</td>
          <td>{run.retryText}</td>
        </tr>
      </tfoot>
    </table>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    'th, td': { padding: theme.spacing(0.5, 0.75), textAlign: 'right', whiteSpace: 'nowrap' },
    'th:first-child': { textAlign: 'left' },
    th: { fontWeight: theme.typography.fontWeightMedium },
    'thead th': { color: theme.colors.text.secondary },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
    tfoot: { borderTop: `1px solid ${theme.colors.border.medium}` },
    td: { fontVariantNumeric: 'tabular-nums' },
  }),
  swatch: css({
    display: 'inline-block',
    width: theme.spacing(1),
    height: theme.spacing(1),
    marginRight: theme.spacing(0.75),
    borderRadius: theme.shape.radius.default,
  }),
  barCell: css({ width: '20%' }),
  bar: css({ display: 'block', height: theme.spacing(1), minWidth: 1, borderRadius: theme.shape.radius.default }),
});
