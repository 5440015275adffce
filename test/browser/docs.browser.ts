import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aFolder } from '../factories/a-folder.ts';
import { startTestStack, type TestStack } from '../flow/a-stack.ts';
import { chromiumFile, openBrowser, openPage, screenshot } from './a-browser.ts';

describe.skipIf(chromiumFile === undefined)('the documentation pages in a browser', () => {
  let folder: Awaited<ReturnType<typeof aFolder>>;
  let stack: TestStack;
  let browser: Browser;
  beforeAll(async () => {
    folder = await aFolder();
    stack = await startTestStack(folder.path);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
    await folder?.[Symbol.asyncDispose]();
  });

  it.each(['/docs', '/docs/'])('%s sends a request of its user’s', async (path) => {
    const { page, elsewhere, complaints } = await openPage(browser, `${stack.url}${path}`);

    await page.getByRole('button', { name: 'Authorize' }).first().click();
    await page.locator('.auth-container input').fill(stack.apiKey);
    await page.locator('.auth-btn-wrapper button[type=submit]').click();
    await page.locator('.btn-done').click();
    const operation = page.locator('#operations-Now-classify');
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    const status = operation.locator('.live-responses-table .response-col_status').last();
    await status.waitFor();
    await screenshot(page, `docs${path.endsWith('/') ? '-slash' : ''}`);

    expect(await status.textContent()).toContain('200');
    expect(await operation.locator('.live-responses-table').textContent()).toContain('target_label');
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it.each(['/redoc', '/redoc/'])('%s shows the API, and searches it', async (path) => {
    const { page, elsewhere, complaints } = await openPage(browser, `${stack.url}${path}`);

    await page.getByRole('heading', { name: 'Judges records now' }).first().waitFor();
    await page.getByPlaceholder('Search...').fill('anomaly detector');
    await page.locator('[role=search] [role=menuitem], [data-role="search:results"] li').first().waitFor();
    await screenshot(page, `redoc${path.endsWith('/') ? '-slash' : ''}`);

    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
