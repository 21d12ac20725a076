import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { Linked } from '../shared/Linked';
import { shareText } from '../shared/share';
import type { Part } from './parts';

/** A card of details for each part. */
export function Cards({ parts }: { parts: readonly Part[] }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <ul className={styles.cards}>
      {parts.map((part) => (
        <li key={part.label} className={styles.card} style={{ borderLeftColor: part.color }}>
          <Linked links={part.links} label={part.label} className={styles.body}>
            <span className={styles.head}>
              <span>{part.label}</span>
              <span>{shareText(part.share)}</span>
            </span>
            <span className={styles.value}>{part.text}</span>
            {part.details.map((detail) => (
              <span key={detail} className={styles.detail}>
                {detail}
              </span>
            ))}
          </Linked>
        </li>
      ))}
    </ul>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  cards: css({
    display: 'grid',
    gridTemplateColumns: `repeat(auto-fit, minmax(${theme.spacing(13)}, 1fr))`,
    gap: theme.spacing(1),
    margin: 0,
    padding: 0,
    listStyle: 'none',
  }),
  card: css({
    minWidth: 0,
    background: theme.colors.background.secondary,
    borderLeft: `${theme.spacing(0.5)} solid transparent`,
    borderRadius: theme.shape.radius.default,
  }),
  body: css({
    display: 'flex',
    flexDirection: 'column',
    width: '100%',
    padding: theme.spacing(0.75, 1),
  }),
  head: css({
    display: 'flex',
    justifyContent: 'space-between',
    gap: theme.spacing(1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  value: css({ fontSize: theme.typography.h4.fontSize, fontWeight: theme.typography.fontWeightMedium }),
  detail: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
