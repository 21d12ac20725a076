import { dateTime } from '@grafana/data';
import { InteractiveTable, Stack, Text } from '@grafana/ui';
import React from 'react';
import type { CollectorStatus } from '../../collector/client';

const columns = [
  { id: 'source', header: 'Source' },
  { id: 'calls', header: 'Calls', sortType: 'number' as const },
  { id: 'seen', header: 'Last seen' },
];

/** Who has sent calls, and which attributes they carried. */
export function Sources({ sources, attributes = [] }: CollectorStatus): React.JSX.Element {
  const rows = sources.map(({ source, calls, last_seen }) => ({
    source,
    calls: calls.toLocaleString('en-US'),
    seen: dateTime(last_seen).fromNow(),
  }));
  return (
    <Stack direction="column" gap={1}>
      <InteractiveTable columns={columns} data={rows} getRowId={({ source }) => source} />
      {attributes.length > 0 && (
        <Text variant="bodySmall" color="secondary">{`Attributes seen: ${attributes.join(', ')}`}</Text>
      )}
    </Stack>
  );
}
