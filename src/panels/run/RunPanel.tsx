import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2, type PanelProps } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { Advice, failureOf } from '../shared/Advice';
import { Facts } from '../shared/Facts';
import { Scroller } from '../shared/Scroller';
import { shareText } from '../shared/share';
import { AgentTable } from './AgentTable';
import { type Breakdown, breakdownOf, durationText } from './breakdown';
import type { RunOptions } from './options';
import { Timeline } from './Timeline';

const ADVICE: Readonly<Record<Exclude<Breakdown['state'], 'run'>, string>> = {
  empty: 'No calls of this run in this time range. Check its id, or take a longer range.',
  unfit:
    'Nothing to break down. This panel takes a table of single calls: group by Call, Agent, Model and Status, with the metrics Cost, Retries, Started and Ended.',
};

/** One run: what it cost, by which agents, what retries added, and when everything happened. */
export function RunPanel({
  data,
  options,
  fieldConfig,
  title,
  width,
  height,
  timeZone,
}: PanelProps<RunOptions>): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const run = useMemo(() => breakdownOf(data.series, theme), [data.series, theme]);
  if (run.state !== 'run') {
    const own = failureOf(data) ?? (run.state === 'empty' ? fieldConfig.defaults.noValue : undefined);
    return <Advice>{own ?? ADVICE[run.state]}</Advice>;
  }
  const { calls, agents, retries, unpriced } = run;
  const facts: Array<readonly [string, string]> = [
    ['Cost', unpriced ? `${run.totalText} (${unpriced} calls without a price left out)` : run.totalText],
    ['Agents', String(agents.length)],
    ['Calls', String(agents.reduce((total, one) => total + one.calls, 0))],
    ['Retries', retries ? `${retries}, ${run.retryText} (${shareText(run.retryShare)})` : 'none'],
    ['Failed', run.failed ? String(run.failed) : 'none'],
    ['Began', dateTimeFormat(run.start, { timeZone })],
    ['Took', durationText(run.end - run.start)],
  ];
  return (
    <Scroller label={title || 'Run'} className={styles.panel} style={{ width, height }}>
      <Facts facts={facts} />
      <Scroller label={`${title || 'Run'}: agents`} className={styles.table}>
        <AgentTable title={title} run={run} />
      </Scroller>
      {options.showTimeline && calls.length > 0 && <Timeline title={title} run={run} />}
    </Scroller>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5) }),
  table: css({ flexShrink: 0 }),
});
