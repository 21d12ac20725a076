import { css } from '@emotion/css';
import type { GrafanaTheme2, LinkModel } from '@grafana/data';
import { DataLinksContextMenu, useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Part, shareText } from './parts';

/** A card of details for each part. */
export function Cards({ parts }: { parts: readonly Part[] }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  return (
    <ul className={styles.cards}>
      {parts.map((part) => (
        <li key={part.label} className={styles.card} style={{ borderLeftColor: part.color }}>
          <Linked links={part.links} label={part.label}>
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

interface LinkedProps {
  links: () => LinkModel[];
  label: string;
  children: React.ReactNode;
}

/** The children, leading to the part's data links, if there are some. */
function Linked({ links, label, children }: LinkedProps): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const found = links();
  if (found.length === 0) {
    return <div className={styles.body}>{children}</div>;
  }
  if (found.length === 1) {
    const [{ href, target, title, onClick }] = found;
    return (
      <a className={styles.body} href={href} target={target} rel="noreferrer" title={title} onClick={onClick}>
        {children}
      </a>
    );
  }
  return (
    <DataLinksContextMenu links={links}>
      {({ openMenu }) => (
        <button type="button" className={styles.body} aria-label={`Links of ${label}`} onClick={openMenu}>
          {children}
        </button>
      )}
    </DataLinksContextMenu>
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
    border: 0,
    background: 'none',
    color: 'inherit',
    textAlign: 'left',
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
