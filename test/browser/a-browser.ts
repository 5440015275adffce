import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A Chromium that is installed; undefined where there is none. `CHROMIUM` names another. */
export const chromiumFile = places.find((place) => place !== undefined && existsSync(place));

export function openBrowser(): Promise<Browser> {
  // Its sandbox does not start for root, as whom containers run; it shows nothing but pages of ours.
  return chromium.launch({ executablePath: chromiumFile, args: ['--no-sandbox'] });
}

/** A page that reaches loopback only, with what it asked elsewhere for and what it complained of. */
export async function openPage(browser: Browser, url: string) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  // A laptop that is busy takes its time over a megabyte of script.
  page.setDefaultTimeout(90_000);
  const elsewhere: string[] = [];
  const complaints: string[] = [];
  await page.route('**/*', async (route) => {
    const { hostname, protocol } = new URL(route.request().url());
    if (hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'blob:') return route.continue();
    elsewhere.push(route.request().url());
    return route.abort();
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, elsewhere, complaints };
}

/** For people to look at, where `SCREENSHOTS` names a folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}
