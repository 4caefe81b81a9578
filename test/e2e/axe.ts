// What axe says of a page, as one list of complaints.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(createRequire(join(__dirname, '../../web/package.json')).resolve('axe-core/axe.min.js'), 'utf8');

/** Nothing stands in the way of anybody on this screen. */
export async function axeCheck(page: Page, screen: string): Promise<void> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({ resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary?.split('\n').slice(1).join('; ')}`).join(' | ')}`);
  });
  expect(found.map((each) => `${screen}: ${each}`)).toEqual([]);
}
