import { css } from '@emotion/css';
import type { LinkModel } from '@grafana/data';
import { DataLinksContextMenu, useStyles2 } from '@grafana/ui';
import React from 'react';

interface Props {
  links: () => LinkModel[];
  /** What the links are of, for those who hear it. */
  label: string;
  className?: string;
  children: React.ReactNode;
}

/** The children, leading to the data links, if there are some. */
export function Linked({ links, label, className, children }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const found = links();
  if (found.length === 0) {
    return <div className={className}>{children}</div>;
  }
  if (found.length === 1) {
    const [{ href, target, title, onClick }] = found;
    return (
      <a className={className} href={href} target={target} rel="noreferrer" title={title} onClick={onClick}>
        {children}
      </a>
    );
  }
  return (
    <DataLinksContextMenu links={links}>
      {({ openMenu }) => (
        <button
          type="button"
          className={`${styles.bare} ${className ?? ''}`}
          aria-label={`Links of ${label}`}
          onClick={openMenu}
        >
          {children}
        </button>
      )}
    </DataLinksContextMenu>
  );
}

const getStyles = () => ({
  bare: css({ border: 0, padding: 0, background: 'none', color: 'inherit', textAlign: 'left' }),
});
