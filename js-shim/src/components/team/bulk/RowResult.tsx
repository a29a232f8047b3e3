import * as React from 'react';

import type { Context } from '../../../context';
import { useOfRun, type Run } from './run';
import { Result } from './styles';

/** What the batch could not do with the row, until the supervisor has done with the batch. */
export function RowResult({ conversationSid }: { context: Context; conversationSid: string }) {
  const find = React.useCallback((run: Run | undefined) => run?.failureOf(conversationSid), [conversationSid]);
  const words = useOfRun(find);
  if (!words) return null;
  return <Result title={words}>{words}</Result>;
}
