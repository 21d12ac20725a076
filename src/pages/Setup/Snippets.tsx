import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { ClipboardButton, Stack, Tab, TabContent, TabsBar, Text, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { snippets } from './snippets';

/** Configuration to copy, one tab for each client. */
export function Snippets({ url }: { url: string }): React.JSX.Element {
  const styles = useStyles2(getStyles);
  const [active, setActive] = useState(0);
  const all = snippets(url);
  const { name, hint, code } = all[active];
  return (
    <div>
      <TabsBar>
        {all.map((one, index) => (
          <Tab key={one.name} label={one.name} active={index === active} onChangeTab={() => setActive(index)} />
        ))}
      </TabsBar>
      <TabContent className={styles.content}>
        <Stack direction="column" gap={1}>
          <Stack direction="row" justifyContent="space-between" alignItems="center" wrap="wrap" gap={1}>
            <Text color="secondary">{hint}</Text>
            <ClipboardButton variant="secondary" size="sm" icon="copy" getText={() => code}>
              {`Copy for ${name}`}
            </ClipboardButton>
          </Stack>
          <pre className={styles.code}>{code}</pre>
        </Stack>
      </TabContent>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  content: css({ padding: theme.spacing(2, 0) }),
  code: css({ margin: 0, overflow: 'auto' }),
});
