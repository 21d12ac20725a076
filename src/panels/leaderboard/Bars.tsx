import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { shareText } from '../shared/share';
import { type Segment, splitInFull, splitText } from './segments';

/** A bar as long as the share. */
export function ShareBar({ share, color }: { share: number | null; color: string }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <span
      className={styles.track}
      role="img"
      aria-label={share === null ? 'unknown' : `${shareText(share)} of the total`}
    >
      <span className={styles.part} style={{ width: `${(share ?? 0) * 100}%`, background: color }} />
    </span>
  );
}

/** What an amount is made of: a bar, and input against output in a few letters. */
export function SplitBar({ segments }: { segments: readonly Segment[] }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  if (segments.length === 0) {
    return <>–</>;
  }
  return (
    <span title={splitInFull(segments)}>
      <span className={styles.track} role="img" aria-label={splitInFull(segments)}>
        {segments.map(({ label, share, color }) => (
          <span key={label} className={styles.part} style={{ width: `${share * 100}%`, background: color }} />
        ))}
      </span>
      <span className={styles.text}>{splitText(segments)}</span>
    </span>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  track: css({
    display: 'flex',
    minWidth: theme.spacing(9),
    height: theme.spacing(1),
    overflow: 'hidden',
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
  }),
  part: css({ minWidth: 1 }),
  text: css({
    display: 'block',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'nowrap',
  }),
});
