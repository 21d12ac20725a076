import { Button, Stack } from '@grafana/ui';
import React from 'react';

interface Props {
  /** What the form does, on the button that sends it. */
  send: string;
  /** What has to be filled in is not yet, or it is being sent. */
  disabled: boolean;
  onCancel: () => void;
}

/** The end of a form: one button that sends it, one that leaves it. */
export const FormEnd = ({ send, disabled, onCancel }: Props): React.JSX.Element => (
  <Stack direction="row" gap={1}>
    <Button type="submit" disabled={disabled}>
      {send}
    </Button>
    <Button variant="secondary" type="button" onClick={onCancel}>
      Cancel
    </Button>
  </Stack>
);
