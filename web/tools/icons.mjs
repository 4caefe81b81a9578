// Draws public/icon-*.png from public/icon.svg, in a browser. Run by hand when the drawing changes; the pictures are kept.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const pub = join(dirname(fileURLToPath(import.meta.url)), '..', 'public');
const drawing = readFileSync(join(pub, 'icon.svg'), 'utf8');
// A mask cuts the corners, and no more than a tenth of each side.
const whole = drawing.replace(/ rx="\d+"/, '');
const pictures = [['icon-192', 192, drawing], ['icon-512', 512, drawing], ['icon-maskable-512', 512, whole], ['icon-touch-180', 180, whole]];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
for (const [name, side, svg] of pictures) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${side}px;height:${side}px}</style>${svg}`);
  await page.screenshot({ path: join(pub, `${name}.png`), omitBackground: true });
}
await browser.close();
