// Pictures of every scene in both themes and widths, with what is wrong with each.
// Use: node apps/console/test/screens.mjs DIR [start of a scene's name …]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProblems, launchBrowser, openScene } from './browser.mjs';
import { startMock } from './mock-server.mjs';
import { SCENES } from './scenes.mjs';

const [folder, ...wanted] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await launchBrowser();
let bad = 0;
for (const scene of SCENES.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.startsWith(part)))) {
  for (const theme of scene.themes) {
    for (const width of scene.widths) {
      const { page, errors, close } = await openScene(browser, scene, startMock, { theme, width });
      await page.screenshot({ path: join(folder, `${scene.name}-${theme}-${width}.png`) });
      const problems = [...errors, ...(await findProblems(page, { width }))];
      bad += problems.length;
      console.log([`${problems.length === 0 ? 'ok ' : 'BAD'} ${scene.name} ${theme} ${width}`, ...problems].join('\n      '));
      await close();
    }
  }
}
await browser.close();
console.log(`${bad} findings`);
process.exitCode = bad > 0 ? 1 : 0;
