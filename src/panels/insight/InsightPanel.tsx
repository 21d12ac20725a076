import { css } from '@emotion/css';
import type { GrafanaTheme2, PanelProps } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { Advice, failureOf } from '../shared/Advice';
import { Scroller } from '../shared/Scroller';
import { factsOf } from './facts';
import type { Insight } from './insight';
import type { InsightOptions } from './options';
import { RULES } from './rules';

const EMPTY = 'No calls in this time range with these filters, so there is nothing to recommend.';
const UNFIT = 'Nothing to look at. This panel takes tables of cost by model, by feature and model, and by user.';
const FINE =
  'Nothing to recommend: several models, none dominates, everything has a price, no cheaper model does the same work, caches are used, no user stands out.';

/** What the numbers recommend. Each recommendation says how it was worked out. */
export function InsightPanel({
  data,
  options,
  fieldConfig,
  title,
  width,
  height,
}: PanelProps<InsightOptions>): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const facts = useMemo(() => factsOf(data.series), [data.series]);
  if (facts.calls === 0) {
    const unfit = facts.models.length === 0 && data.series.some(({ length }) => length > 0);
    return <Advice>{failureOf(data) ?? (unfit ? UNFIT : (fieldConfig.defaults.noValue ?? EMPTY))}</Advice>;
  }
  const found = RULES.map((rule) => rule(facts, options)).filter((insight) => insight !== undefined);
  if (found.length === 0) {
    return <Advice>{FINE}</Advice>;
  }
  return (
    <Scroller label={title || 'Recommendations'} style={{ width, height }}>
      <ul className={styles.list} aria-label={title || 'Recommendations'}>
        {found.map((insight) => (
          <Banner key={insight.title} insight={insight} />
        ))}
      </ul>
    </Scroller>
  );
}

function Banner({ insight: { severity, title, advice, arithmetic } }: { insight: Insight }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const warning = severity === 'warning';
  return (
    <li className={`${styles.banner} ${warning ? styles.warning : styles.info}`}>
      <Icon
        name={warning ? 'exclamation-triangle' : 'info-circle'}
        title={warning ? 'Warning' : 'Recommendation'}
        className={warning ? styles.warningIcon : styles.infoIcon}
      />
      <div>
        <strong>{title}</strong>
        <div>{advice}</div>
        <div className={styles.arithmetic}>{arithmetic}</div>
      </div>
    </li>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'grid',
    gridTemplateColumns: `repeat(auto-fit, minmax(min(100%, ${theme.spacing(52)}), 1fr))`,
    alignContent: 'start',
    gap: theme.spacing(1),
    margin: 0,
    padding: 0,
    listStyle: 'none',
  }),
  banner: css({
    display: 'flex',
    gap: theme.spacing(1),
    padding: theme.spacing(1),
    borderRadius: theme.shape.radius.default,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  info: css({ background: theme.colors.info.transparent }),
  warning: css({ background: theme.colors.warning.transparent }),
  infoIcon: css({ flexShrink: 0, color: theme.colors.info.text }),
  warningIcon: css({ flexShrink: 0, color: theme.colors.warning.text }),
  arithmetic: css({ marginTop: theme.spacing(0.5) }),
});
