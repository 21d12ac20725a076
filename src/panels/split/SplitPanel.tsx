import { css } from '@emotion/css';
import type { GrafanaTheme2, PanelProps } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { Advice, failureOf } from '../shared/Advice';
import { Scroller } from '../shared/Scroller';
import { Bar } from './Bar';
import { Cards } from './Cards';
import type { SplitOptions } from './options';
import { PartsTable } from './PartsTable';
import { type Split, splitOf } from './parts';

/** What a card and the bar need to hold their text, px. */
const CARD = { width: 112, height: 88 };
const BAR_HEIGHT = 36;

/** Whether all cards can be seen without scrolling; else a table takes their place. */
const cardsFit = (count: number, width: number, height: number): boolean => {
  const columns = Math.floor(width / CARD.width);
  return columns > 0 && BAR_HEIGHT + Math.ceil(count / columns) * CARD.height <= height;
};

/** What to do about a panel that has nothing to show. */
const ADVICE: Readonly<Record<Exclude<Split['state'], 'parts'>, string>> = {
  empty: 'No calls in this time range with these filters. Take a longer range, or fewer filters.',
  unknown: 'None of these calls has a price, so their cost is unknown. Add prices for their models.',
  unfit:
    'Nothing to divide. This panel takes a table with one row for each part: group by one dimension and choose the format “Table”.',
};

/** One bar divided into its parts, with a card of details for each. */
export function SplitPanel({
  data,
  options,
  fieldConfig,
  title,
  width,
  height,
}: PanelProps<SplitOptions>): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const split = useMemo(() => splitOf(data.series, options, theme), [data.series, options, theme]);
  if (split.state !== 'parts') {
    const own = failureOf(data) ?? (split.state === 'empty' ? fieldConfig.defaults.noValue : undefined);
    return <Advice>{own ?? ADVICE[split.state]}</Advice>;
  }
  const cards = cardsFit(split.parts.length, width, height);
  return (
    <Scroller label={title || 'Parts'} className={styles.panel} style={{ width, height }}>
      <Bar title={title} parts={split.parts} width={width} />
      {options.showCards && (cards ? <Cards parts={split.parts} /> : <PartsTable title={title} parts={split.parts} />)}
    </Scroller>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
});
