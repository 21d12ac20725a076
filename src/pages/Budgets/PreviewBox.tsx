import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Stack, Text, useStyles2 } from '@grafana/ui';
import React, { useEffect, useMemo, useState } from 'react';
import { Answer } from '../shared/Answer';
import { DataTable, type TableColumn } from '../shared/DataTable';
import { count, usd } from '../shared/format';
import { useAsk } from '../shared/useAsk';
import { type BudgetInput, type Preview, previewBudget, type PreviewWindow } from './budgets';
import { type Draft, isAmount, toPreview } from './draft';
import { inZone, measured, percent } from './words';

/** Keys are not asked about one by one. */
const TYPING_MS = 500;

/** The latest value that stood still for a moment. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

interface Props {
  draft: Draft;
  /** Takes the proposed limit; without it none is proposed. */
  onUse?: (amount: string) => void;
}

/** What the budget would say if it were there: what its scope costs, and how often it would have fired. */
export function PreviewBox({ draft, onUse }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const key = useSettled(JSON.stringify(toPreview(draft)), TYPING_MS);
  const ask = useMemo(() => {
    const input = JSON.parse(key) as BudgetInput;
    return async () => ({ input, preview: await previewBudget(input) });
  }, [key]);
  const { asked, again } = useAsk(ask);
  const limited = isAmount(draft.amount);
  return (
    <section className={styles.box} aria-label="Preview">
      <Answer asked={asked} again={again} what="the preview">
        {({ input, preview }) => (
          <Stack direction="column" gap={1}>
            <Text element="h3" variant="h5">
              What this budget would say
            </Text>
            {preview.current && <Windows input={input} preview={preview} limited={limited} />}
            {preview.runs && <Runs runs={preview.runs} days={preview.look_back_days} limited={limited} />}
            <Proposal preview={preview} onUse={onUse} />
            {limited && <Fired preview={preview} timeZone={input.time_zone} />}
            {limited && <Expected preview={preview} timeZone={input.time_zone} />}
          </Stack>
        )}
      </Answer>
    </section>
  );
}

function Windows({ input, preview, limited }: { input: BudgetInput; preview: Preview; limited: boolean }) {
  const format = input.period === 'hour' ? 'MMM D, HH:mm' : 'YYYY-MM-DD';
  const columns: Array<TableColumn<PreviewWindow>> = [
    {
      name: `${input.period[0].toUpperCase()}${input.period.slice(1)} from`,
      whole: true,
      cell: (one) => `${inZone(one.window_start, input.time_zone, format)}${one === preview.current ? ' (now)' : ''}`,
    },
    { name: 'Spent', numeric: true, cell: ({ spent }) => usd(spent) },
    ...(limited ? [{ name: 'Of the limit', numeric: true, cell: ({ ratio }: PreviewWindow) => measured(ratio) }] : []),
    { name: 'Calls', numeric: true, wide: true, cell: ({ calls }) => count(calls) },
  ];
  const known = Math.max(0, ...preview.previous.map(({ calls }, i) => (calls > 0 ? i + 1 : 0)));
  // Nothing is said of the time before the first call.
  const windows = [...(preview.current ? [preview.current] : []), ...preview.previous.slice(0, known)];
  const unpriced = windows.reduce((sum, { unpriced_calls }) => sum + unpriced_calls, 0);
  return (
    <>
      <DataTable caption="What it costs" columns={columns} rows={windows} idOf={({ window_start }) => window_start} />
      {unpriced > 0 && (
        <Text color="warning">{`${count(unpriced)} calls have no price and are not in these sums.`}</Text>
      )}
    </>
  );
}

type RunsProps = { runs: NonNullable<Preview['runs']>; days: number; limited: boolean };

function Runs({ runs: { count: number, largest }, days, limited }: RunsProps): React.JSX.Element {
  if (number === 0) {
    return <Text>{`No run of the last ${days} days matches. Calls belong to a run when they carry a run_id.`}</Text>;
  }
  const columns: Array<TableColumn<(typeof largest)[number]>> = [
    { name: 'Run', cell: ({ run_id }) => run_id },
    { name: 'Spent', numeric: true, cell: ({ spent }) => usd(spent) },
    ...(limited
      ? [
          {
            name: 'Of the limit',
            numeric: true,
            cell: ({ ratio }: (typeof largest)[number]) => measured(ratio),
          },
        ]
      : []),
  ];
  return (
    <DataTable
      caption={`The most expensive of ${number === 1_000 ? '1,000 or more' : count(number)} runs in ${days} days`}
      columns={columns}
      rows={largest}
      idOf={({ run_id }) => run_id}
    />
  );
}

/** A fifth above the largest window that is known, in two digits. */
export function proposedLimit({ current, previous, runs }: Preview): string | undefined {
  const windows = [...previous, ...(current ? [current] : []), ...(runs?.largest ?? [])];
  const largest = Math.max(0, ...windows.map(({ spent }) => Number(spent)));
  if (largest === 0) {
    return undefined;
  }
  const wanted = largest * 1.2;
  const digit = 10 ** (Math.floor(Math.log10(wanted)) - 1);
  const rounded = Math.ceil(wanted / digit) * digit;
  return rounded.toFixed(Math.min(12, Math.max(0, -Math.floor(Math.log10(digit)))));
}

function Proposal({ preview, onUse }: { preview: Preview; onUse?: (amount: string) => void }) {
  const proposed = proposedLimit(preview);
  if (!onUse || !proposed) {
    return null;
  }
  return (
    <div>
      <Button size="sm" variant="secondary" type="button" onClick={() => onUse(proposed)}>
        {`Take ${usd(proposed)} as the limit`}
      </Button>{' '}
      <Text variant="bodySmall" color="secondary">
        A fifth above the largest of these
      </Text>
    </div>
  );
}

/** How often the thresholds would have been crossed. */
function Fired({ preview: { fired, look_back_days: days }, timeZone }: { preview: Preview; timeZone: string }) {
  return (
    <div>
      <Text>{`In the last ${days} days it would have fired:`}</Text>
      <ul>
        {fired.map(({ threshold, times, last_at }) => (
          <li key={threshold}>
            {`${percent(threshold)}: ${times === 0 ? 'never' : times === 1 ? 'once' : `${times} times`}${
              last_at ? `, last on ${inZone(last_at, timeZone, 'MMM D, HH:mm')}` : ''
            }`}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Where the current window is expected to end. */
function Expected({
  preview: { forecast },
  timeZone,
}: {
  preview: Preview;
  timeZone: string;
}): React.JSX.Element | null {
  if (!forecast) {
    return null;
  }
  const { too_early, projected_end, low, high, back_test_error: error, days, crossings } = forecast;
  if (too_early || projected_end === null) {
    return <Text color="secondary">{`Too early to say where it ends: ${days} days of calls are known.`}</Text>;
  }
  const next = crossings.flatMap(({ threshold, at }) =>
    at === null ? [] : `${percent(threshold)} on ${inZone(at, timeZone, 'MMM D, HH:mm')}`
  );
  const tested = error === null ? '' : ` The same estimate was off by ${measured(error)} over the last 30 days.`;
  return (
    <Text>
      {`Expected by the reset: ${usd(String(projected_end))} (${usd(String(low))} – ${usd(String(high))}). ${
        next.length ? `It reaches ${next.join(', ')}.` : 'It reaches no threshold.'
      }${tested}`}
    </Text>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    padding: theme.spacing(2),
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
    ul: { paddingLeft: theme.spacing(3), margin: 0 },
  }),
});
