import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { ClipboardButton, Collapse, Stack, Text, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import type { CompiledQuery } from '../../query';

/** The SQL that a query becomes, to read and to copy. */
export function SqlPreview({ sql, source }: CompiledQuery): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const [open, setOpen] = useState(false);
  return (
    <Collapse label="SQL" isOpen={open} onToggle={setOpen}>
      <Stack direction="column" gap={1}>
        <Stack direction="row" justifyContent="space-between" alignItems="center" wrap="wrap">
          <Text variant="bodySmall" color="secondary">{`Answered by ${source}`}</Text>
          <ClipboardButton size="sm" variant="secondary" icon="copy" getText={() => sql}>
            Copy SQL
          </ClipboardButton>
        </Stack>
        <pre className={styles.sql} data-testid="llmcost-sql">
          {sql}
        </pre>
      </Stack>
    </Collapse>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  sql: css({
    margin: 0,
    maxHeight: theme.spacing(40),
    overflow: 'auto',
    whiteSpace: 'pre-wrap',
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
