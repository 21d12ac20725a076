import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

/** A label for a control whose purpose is plain to the eye. */
export function ScreenReaderLabel({ htmlFor, children }: { htmlFor: string; children: string }): React.JSX.Element {
  const hidden = useStyles2(getStyle);
  return (
    <label htmlFor={htmlFor} className={hidden}>
      {children}
    </label>
  );
}

const getStyle = () =>
  css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap' });
