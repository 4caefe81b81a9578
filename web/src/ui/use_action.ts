// Runs what a button asks for; holds whether it is under way and what went wrong.
import { useState } from 'react';
import { t } from './text';

export interface ActionState {
  readonly busy: boolean;
  readonly problem: string | undefined;
  run(work: () => Promise<void>): void;
}

export function useAction(): ActionState {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    work()
      .catch((error: unknown) => setProblem(problemText(error)))
      .finally(() => setBusy(false));
  };
  return { busy, problem, run };
}

function problemText(error: unknown): string {
  if (error instanceof Error && error.name === 'ConnectionLost') return t('need_connection');
  return error instanceof Error ? error.message : t('failed_generic', { text: String(error) });
}
