import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2, type PanelProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { Advice, failureOf } from '../shared/Advice';
import { Facts } from '../shared/Facts';
import { Scroller } from '../shared/Scroller';
import { BurnDown } from './BurnDown';
import { type BudgetLine, budgetLines, type ThresholdLine } from './lines';
import type { BudgetOptions } from './options';
import { usdText } from '../../datasource/frames/usdText';

const ADVICE = {
  unfit:
    'Nothing to draw. This panel takes the line of budgets (budget_burn_down) and, beside it, their thresholds (budget_threshold_status): copy it from the dashboard LLM Cost budgets and forecast.',
  empty: 'No budget. Make one on the page LLM Cost → Budgets, or choose another one above.',
};

/** Room for the header over a chart, and the least that a chart needs. px */
const HEADER = 92;
const LEAST = 200;

const STATE_NAMES: Readonly<Record<string, string>> = {
  ok: 'OK',
  warning: 'Warning',
  exceeded: 'Exceeded',
  blocked: 'Blocking',
  needs_approval: 'Needs approval',
};

/** The current window of each budget: spent, ideal and expected lines, limit and thresholds with their dates. */
export function BudgetPanel({
  data,
  options,
  fieldConfig,
  title,
  width,
  height,
  timeZone,
}: PanelProps<BudgetOptions>): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const lines = useMemo(() => budgetLines(data.series), [data.series]);
  if (!lines?.length) {
    const own = lines && fieldConfig.defaults.noValue;
    return <Advice>{failureOf(data) ?? own ?? (lines ? ADVICE.empty : ADVICE.unfit)}</Advice>;
  }
  const each = Math.max(LEAST, height / lines.length - HEADER);
  return (
    <Scroller label={title || 'Budgets'} className={styles.panel} style={{ width, height }}>
      {lines.map((line) => (
        <section key={line.id} className={styles.budget} aria-label={line.name}>
          <InWords line={line} timeZone={timeZone} />
          <BurnDown
            line={line}
            width={width}
            height={each}
            timeZone={timeZone}
            showIdeal={options.showIdeal}
            labels={line.thresholds.map((one) => thresholdText(one, line, timeZone))}
          />
        </section>
      ))}
    </Scroller>
  );
}

const day = (at: number, timeZone: string): string => dateTimeFormat(at, { timeZone, format: 'MMM D, HH:mm' });

/** A threshold with the date on which it was or will be crossed. */
export function thresholdText(
  { share, crossedAt, crossesAt }: ThresholdLine,
  line: BudgetLine,
  timeZone: string
): string {
  const name = `${Number((share * 100).toFixed(2))}%`;
  if (crossedAt !== null) {
    return `${name}, crossed ${day(crossedAt, timeZone)}`;
  }
  if (crossesAt !== null) {
    return `${name} on ${day(crossesAt, timeZone)}`;
  }
  return line.expected.length ? `${name}, not before the reset` : name;
}

function InWords({ line, timeZone }: { line: BudgetLine; timeZone: string }): React.JSX.Element {
  const spent = line.spent.at(-1)?.amount ?? 0;
  const last = line.expected.at(-1);
  const facts: Array<readonly [string, string]> = [
    ['Budget', line.name],
    ['State', STATE_NAMES[line.state] ?? line.state],
    ['Spent', `${usdText(spent)} of ${usdText(line.limit)} (${((spent / line.limit) * 100).toFixed(1)}%)`],
    [
      'Expected at the reset',
      last ? `${usdText(last.amount)} (${usdText(last.low)} – ${usdText(last.high)})` : 'Too early to say',
    ],
    ['Resets', day(line.end, timeZone)],
  ];
  return <Facts facts={facts.filter(([, value]) => value)} />;
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
  budget: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
});
