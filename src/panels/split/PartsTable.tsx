import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { shareText } from '../shared/share';
import type { Part } from './parts';

/** The parts as a plain table, where there is no room for cards. */
export function PartsTable({ title, parts }: { title: string; parts: readonly Part[] }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <table className={styles.table} aria-label={title}>
      <tbody>
        {parts.map(({ label, text, share, color }) => (
          <tr key={label}>
            <th scope="row">
              <span className={styles.swatch} style={{ background: color }} />
              {label}
            </th>
            <td>{text}</td>
            <td>{shareText(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    th: { fontWeight: theme.typography.fontWeightRegular, textAlign: 'left' },
    td: { textAlign: 'right', fontVariantNumeric: 'tabular-nums' },
  }),
  swatch: css({
    display: 'inline-block',
    width: theme.spacing(1),
    height: theme.spacing(1),
    marginRight: theme.spacing(0.75),
    borderRadius: theme.shape.radius.default,
  }),
});
