import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, Stack, Text, useStyles2 } from '@grafana/ui';
import React from 'react';
import type { TableColumn } from '../shared/DataTable';
import { count, usd } from '../shared/format';
import type { Budget } from './budgets';
import { crossingLines, measured, projectionText, resetText, scopeText, STATES } from './words';

/** The columns of the list of budgets; `menu` gives what can be done with one. */
export const budgetColumns = (menu: (budget: Budget) => React.ReactNode): Array<TableColumn<Budget>> => [
  {
    name: 'Budget',
    cell: (budget) => (
      <Stack direction="column" gap={0}>
        <Text weight="medium">{budget.name}</Text>
        <Text variant="bodySmall" color="secondary">
          {scopeText(budget)}
        </Text>
      </Stack>
    ),
  },
  { name: 'State', cell: (budget) => <State budget={budget} /> },
  { name: 'Spent', numeric: true, cell: (budget) => <Spent budget={budget} /> },
  { name: 'Limit', numeric: true, wide: true, cell: ({ limit, period }) => `${usd(limit)} / ${period}` },
  { name: 'Left', numeric: true, wide: true, cell: ({ remaining }) => usd(remaining) },
  { name: 'Resets', wide: true, cell: resetText },
  {
    name: 'Expected at the reset',
    wide: true,
    cell: (budget) => <Expected budget={budget} />,
  },
  { name: 'Actions', quiet: true, whole: true, pinned: true, cell: menu },
];

function State({ budget: { state, enabled, origin, hard } }: { budget: Budget }): React.JSX.Element {
  const { label, color, means } = STATES[state];
  return (
    <Stack direction="row" gap={0.5} wrap="wrap">
      {enabled ? (
        <Badge text={label} color={color} tooltip={means} />
      ) : (
        <Badge text="Switched off" color="darkgrey" tooltip="It neither warns nor stops anything" />
      )}
      {hard && enabled && <Badge text="Hard" color="blue" tooltip="Nothing is let through that would exceed it" />}
      {origin === 'file' && (
        <Badge
          text="Provisioned"
          color="blue"
          icon="lock"
          tooltip="From the collector’s configuration file (budgets): change it there and start again"
        />
      )}
    </Stack>
  );
}

/** What is spent, with a bar for those who look quickly. */
function Spent({ budget }: { budget: Budget }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const { spent, ratio, state, run_id, unpriced_calls, committed } = budget;
  const notes = [
    run_id === null ? '' : `run ${run_id}`,
    Number(committed) > 0 ? `${usd(committed)} reserved` : '',
    unpriced_calls > 0 ? `${count(unpriced_calls)} without a price` : '',
  ];
  return (
    <>
      {usd(spent)}
      <div className={styles.track}>
        <div
          className={`${styles.bar} ${styles[STATES[state].color]}`}
          style={{ width: `${Math.min(1, ratio) * 100}%` }}
        />
      </div>
      <div className={styles.notes}>
        <Text variant="bodySmall" color="secondary">
          {measured(ratio)}
          <span className={styles.narrow}>{` of ${usd(budget.limit)} / ${budget.period}`}</span>
          {notes.filter(Boolean).map((note) => `, ${note}`)}
        </Text>
      </div>
    </>
  );
}

function Expected({ budget }: { budget: Budget }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.expected}>
      {projectionText(budget)}
      {crossingLines(budget).map((line) => (
        <div key={line}>
          <Text variant="bodySmall" color="secondary">
            {line}
          </Text>
        </div>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  track: css({
    height: theme.spacing(0.5),
    margin: theme.spacing(0.25, 0),
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.pill,
    overflow: 'hidden',
  }),
  bar: css({ height: '100%' }),
  notes: css({ maxWidth: theme.spacing(24), marginLeft: 'auto', whiteSpace: 'normal', overflowWrap: 'anywhere' }),
  // Wide screens have a column for it.
  narrow: css({ [theme.breakpoints.up('md')]: { display: 'none' } }),
  expected: css({ minWidth: theme.spacing(24) }),
  green: css({ background: theme.colors.success.main }),
  orange: css({ background: theme.colors.warning.main }),
  red: css({ background: theme.colors.error.main }),
  purple: css({ background: theme.visualization.getColorByName('purple') }),
  blue: css({ background: theme.colors.info.main }),
});
