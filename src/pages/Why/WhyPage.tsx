import { config, PluginPage } from '@grafana/runtime';
import { Box, Button, ClipboardButton, EmptyState, LinkButton, Stack, Text, TextLink } from '@grafana/ui';
import React, { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { APP_PATH } from '../../constants';
import type { QueryFilter } from '../../datasource/types';
import type { AppSettings } from '../../settings';
import { download } from '../ExploreCosts/open';
import { Answer } from '../shared/Answer';
import { Figures } from '../shared/Figures';
import { readFilters, wholeFilters, writeFilters } from '../shared/filters';
import { change, signedUsd, usd } from '../shared/format';
import { useAsk } from '../shared/useAsk';
import { PeriodPickers } from './PeriodPickers';
import { whyPath } from './paths';
import { type Periods, pinned, readPeriods, writePeriods } from './periods';
import { Waterfall } from './Waterfall';
import { stepsOf } from './waterfall';
import { WhoMoved } from './WhoMoved';
import { askWhy, csvOf, hasCost, unpricedWords, type WhyReport } from './why';
import { WhyFilters } from './WhyFilters';

/** Two periods, the difference of their costs split into its causes, and who is behind it. */
export function WhyPage({ settings }: { settings: AppSettings }): React.JSX.Element {
  const [search, setSearch] = useSearchParams();
  const address = search.toString();
  const periods = useMemo(() => readPeriods(new URLSearchParams(address)), [address]);
  const filters = useMemo(() => readFilters(new URLSearchParams(address)), [address]);
  const { asked, again } = useAsk(useCallback(() => askWhy(periods, filters), [periods, filters]));
  return (
    <PluginPage subTitle="Compare two periods: what made the cost change, to the last cent, and who is behind it.">
      <Stack direction="column" gap={2}>
        <PeriodPickers periods={periods} onChange={(next) => setSearch((before) => writePeriods(before, next))} />
        <WhyFilters
          settings={settings}
          filters={filters}
          onChange={(next) => setSearch((before) => writeFilters(before, next))}
        />
        <Answer asked={asked} again={again} what="what changed">
          {(report) => <Found report={report} periods={periods} filters={filters} onAgain={again} />}
        </Answer>
      </Stack>
    </PluginPage>
  );
}

interface FoundProps {
  report: WhyReport;
  periods: Periods;
  filters: readonly QueryFilter[];
  onAgain: () => void;
}

function Found({ report, periods, filters, onAgain }: FoundProps): React.JSX.Element {
  const { before, after, difference, sentence } = report;
  const whole = wholeFilters(filters);
  const link = () => new URL(whyPath(pinned(periods), whole), config.appUrl).toString();
  const unpriced = unpricedWords(report);
  if (!hasCost(report)) {
    return (
      <EmptyState
        variant="not-found"
        message="Neither period cost anything"
        button={<LinkButton href={`${APP_PATH}/setup`}>How to send calls</LinkButton>}
      >
        <Text element="p">{`Take other periods or fewer filters. ${unpriced}`}</Text>
      </EmptyState>
    );
  }
  return (
    <Stack direction="column" gap={2}>
      <Box backgroundColor="secondary" padding={2} borderRadius="default">
        <Text element="p" variant="h4">
          {sentence}
        </Text>
      </Box>
      <Figures
        figures={[
          { label: 'Before', value: usd(before.cost) },
          { label: 'After', value: usd(after.cost), note: change(after.cost, before.cost) },
          { label: 'Difference', value: signedUsd(difference) },
        ]}
      />
      {unpriced && (
        <Text color="secondary" element="p">
          {unpriced}{' '}
          <TextLink inline href={`${APP_PATH}/prices?tab=unpriced`}>
            Give them a price
          </TextLink>
        </Text>
      )}
      <Stack direction="row" gap={1} wrap="wrap">
        <ClipboardButton variant="secondary" icon="link" getText={link}>
          Copy link
        </ClipboardButton>
        <Button variant="secondary" icon="download-alt" onClick={() => download('why-it-changed.csv', csvOf(report))}>
          CSV
        </Button>
        <Button variant="secondary" icon="sync" onClick={onAgain}>
          Ask again
        </Button>
      </Stack>
      <Waterfall steps={stepsOf(report)} />
      <Text color="secondary" variant="bodySmall" element="p">
        The parts add up to the difference exactly. Where several things changed at once, what they did together is
        shared between them.
      </Text>
      <WhoMoved report={report} filters={whole} />
    </Stack>
  );
}
