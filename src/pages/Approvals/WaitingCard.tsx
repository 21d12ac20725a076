import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Badge, Button, Stack, Text, TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { APP_PATH } from '../../constants';
import { STATES } from '../Budgets/words';
import { usd } from '../shared/format';
import type { Waiting } from './approvals';
import type { Choice } from './DecideModal';
import { lengthText, whatText, whoText } from './words';

interface Props {
  approval: Waiting;
  busy: boolean;
  /** Missing where the viewer may not decide. */
  onChoose?: (choice: Choice) => void;
}

const time = (at: string): string => dateTimeFormat(at, { format: 'MMM D, HH:mm' });

/** One request that waits, with all that it takes to decide. */
export function WaitingCard({ approval, busy, onChoose }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const { amount, request, created_at, expires_at, readAt } = approval;
  const facts: Array<[string, React.ReactNode]> = [
    ['Who', whoText(approval)],
    ['What', whatText(approval)],
    ['Why', request.why ?? 'No reason was given'],
    ['Budget', <Standing key="budget" approval={approval} />],
    ['Waiting', `for ${lengthText(readAt - Date.parse(created_at))}, since ${time(created_at)}`],
    ['Expires', `${time(expires_at)}, in ${lengthText(Date.parse(expires_at) - readAt)}`],
  ];
  return (
    <section className={styles.card} aria-label={`${usd(amount)} for ${whoText(approval)}`}>
      <div className={styles.head}>
        <Text variant="h3" element="h3">
          {usd(amount)}
        </Text>
        {onChoose && (
          <Stack direction="row" gap={1} wrap="wrap">
            <Button icon="check" disabled={busy} onClick={() => onChoose('approve')}>
              Approve …
            </Button>
            <Button icon="times" variant="destructive" fill="outline" disabled={busy} onClick={() => onChoose('deny')}>
              Deny …
            </Button>
          </Stack>
        )}
      </div>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
    </section>
  );
}

/** How the budget stands, and would with this call. */
function Standing({ approval }: { approval: Waiting }): React.JSX.Element {
  const { budget, budget_id, budgetState, limit, spent, committed, amount, window_end } = approval;
  const after = Number(spent) + Number(committed) + Number(amount);
  const state = budgetState && STATES[budgetState];
  return (
    <>
      <TextLink inline href={`${APP_PATH}/budgets?budget=${encodeURIComponent(budget_id)}`}>
        {budget}
      </TextLink>{' '}
      {state && <Badge text={state.label} color={state.color} tooltip={state.means} />}{' '}
      {`${usd(spent)} of ${usd(limit)} spent${Number(committed) > 0 ? `, ${usd(committed)} reserved` : ''}; with this ${usd(String(after))}.`}
      {window_end && ` Resets ${time(window_end)}.`}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({
    padding: theme.spacing(2),
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
  }),
  head: css({ display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', gap: theme.spacing(1) }),
  facts: css({
    display: 'grid',
    gridTemplateColumns: 'max-content 1fr',
    gap: theme.spacing(0.5, 2),
    margin: theme.spacing(1, 0, 0),
    dt: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    dd: { margin: 0, overflowWrap: 'anywhere' },
  }),
});
