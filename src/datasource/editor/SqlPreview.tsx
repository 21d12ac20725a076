import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, ClipboardButton, Collapse, Stack, Text, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';

interface Props {
  /** The statement that runs. */
  sql: string;
  /** Tables and rollups that answer it. */
  source: string;
  /** The same for a PostgreSQL panel or a rule: the range is filled in where it runs. */
  portable: string;
  /** Goes on with the SQL instead of the builder; undefined where SQL can't be run. */
  onEdit?: (sql: string) => void;
}

/** The SQL that a query becomes: to read, to take elsewhere, and to go on with. */
export function SqlPreview({ sql, source, portable, onEdit }: Props): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const [open, setOpen] = useState(false);
  return (
    <Collapse label="SQL" isOpen={open} onToggle={setOpen}>
      <Stack direction="column" gap={1}>
        <Stack direction="row" justifyContent="space-between" alignItems="center" wrap="wrap">
          <Text variant="bodySmall" color="secondary">{`Answered by ${source}`}</Text>
          <Stack direction="row" gap={1} wrap="wrap">
            <ClipboardButton
              size="sm"
              variant="secondary"
              icon="copy"
              getText={() => portable}
              tooltip="With Grafana’s macros in place of the time range: paste it into a PostgreSQL panel or an alert rule. Variables have the values that they have now."
            >
              Copy as PostgreSQL query
            </ClipboardButton>
            {onEdit && (
              <Button size="sm" variant="secondary" icon="pen" onClick={() => onEdit(portable)}>
                Edit SQL
              </Button>
            )}
          </Stack>
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
