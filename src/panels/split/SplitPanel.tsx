import { css } from '@emotion/css';
import { type GrafanaTheme2, type PanelProps } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { Bar } from './Bar';
import { Cards } from './Cards';
import type { SplitOptions } from './options';
import { PartsTable } from './PartsTable';
import { type Split, splitOf } from './parts';

/** Below this a card wouldn't hold its text, px. */
const CARD_WIDTH_PX = 260;
const CARD_HEIGHT_PX = 130;

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
    const own = split.state === 'empty' ? fieldConfig.defaults.noValue : undefined;
    return (
      <div className={styles.advice} role="status">
        {own ?? ADVICE[split.state]}
      </div>
    );
  }
  const roomy = width >= CARD_WIDTH_PX && height >= CARD_HEIGHT_PX;
  return (
    <div className={styles.panel} style={{ width, height }}>
      <Bar title={title} parts={split.parts} width={width} />
      {options.showCards && (roomy ? <Cards parts={split.parts} /> : <PartsTable title={title} parts={split.parts} />)}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  panel: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), overflow: 'auto' }),
  advice: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    height: '100%',
    padding: theme.spacing(1),
    color: theme.colors.text.secondary,
    textAlign: 'center',
  }),
});
