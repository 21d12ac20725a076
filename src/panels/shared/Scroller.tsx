import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useLayoutEffect, useRef, useState } from 'react';

interface Props {
  /** What scrolls, for those who hear it. */
  label: string;
  className?: string;
  style?: React.CSSProperties;
  children: React.ReactNode;
}

/**
 * A box that scrolls where its content is larger, with the keyboard too: then, and only then, it is a stop of the tab key
 * (WCAG 2.1.1).
 */
export function Scroller({ label, className = '', style, children }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const ref = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  const { width, height } = style ?? {};
  useLayoutEffect(() => {
    const box = ref.current;
    if (box) {
      setScrolls(box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1);
    }
  }, [children, width, height]);
  const stop = scrolls ? { role: 'region', 'aria-label': label, tabIndex: 0 } : {};
  return (
    <div ref={ref} className={`${styles.box} ${className}`} style={style} {...stop}>
      {children}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    overflow: 'auto',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
  }),
});
