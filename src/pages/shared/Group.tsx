import { Stack } from '@grafana/ui';
import React from 'react';

/** Several inputs under one label, one below the other. */
export const Group = ({ children }: { children: React.ReactNode }): React.JSX.Element => (
  <Stack direction="column" gap={1}>
    {children}
  </Stack>
);
