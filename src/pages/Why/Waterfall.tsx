import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Text, useStyles2 } from '@grafana/ui';
import React from 'react';
import { signedUsd, usd } from '../shared/format';
import type { Step } from './waterfall';

interface Props {
  steps: readonly Step[];
  /** What each cause means is only said on hovering. */
  brief?: boolean;
  /** Without the bars: where there is little room, and the screen may yet be wide. */
  narrow?: boolean;
}

/** The way from one cost to the other. The bars repeat what the table says, so they are not read aloud. */
export function Waterfall({ steps, brief = false, narrow = false }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <table className={styles.table}>
      <caption className={styles.caption}>What changed</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Cause</th>
          <th scope="col">Amount</th>
        </tr>
      </thead>
      <tbody>
        {steps.map(({ name, label, means, amount, kind, left, width }) => (
          <tr key={name} className={kind === 'total' ? styles.sum : undefined}>
            <th scope="row" className={styles.label} title={brief ? means : undefined}>
              {label}
              {means && !brief && (
                <Text element="p" variant="bodySmall" color="secondary">
                  {means}
                </Text>
              )}
            </th>
            {!narrow && (
              <td className={styles.bar} aria-hidden>
                <div className={styles[kind]} style={{ marginLeft: `${left}%`, width: `${width}%` }} />
              </td>
            )}
            <td className={styles.amount}>{kind === 'total' ? usd(amount) : signedUsd(amount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const cell = { padding: theme.spacing(0.75, 1), borderBottom: `1px solid ${theme.colors.border.weak}` };
  const bar = { height: theme.spacing(2), minWidth: 2, borderRadius: theme.shape.radius.default };
  return {
    table: css({ width: '100%', fontVariantNumeric: 'tabular-nums' }),
    caption: css({
      captionSide: 'top',
      ...theme.typography.h5,
      padding: theme.spacing(1, 0),
      color: theme.colors.text.primary,
    }),
    label: css({
      ...cell,
      textAlign: 'left',
      fontWeight: theme.typography.fontWeightRegular,
      [theme.breakpoints.up('md')]: { width: '30%' },
    }),
    // Where the screen is narrow the amounts say it all.
    bar: css({ ...cell, [theme.breakpoints.down('md')]: { display: 'none' } }),
    amount: css({ ...cell, textAlign: 'right', whiteSpace: 'nowrap', width: '1%' }),
    sum: css({ background: theme.colors.background.secondary, fontWeight: theme.typography.fontWeightMedium }),
    total: css({ ...bar, background: theme.colors.text.secondary }),
    // More cost is red and less is green, and the sign before the amount says it without colour.
    more: css({ ...bar, background: theme.visualization.getColorByName('red') }),
    less: css({ ...bar, background: theme.visualization.getColorByName('green') }),
    same: css({ ...bar, background: theme.colors.border.medium }),
  };
};
