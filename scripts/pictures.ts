/**
 * `npm run pictures`: the pictures of the README, made of the product as it is. Screens in light and dark, and the tour: a recording
 * of the first minutes, for which `img2webp` (Debian's package `webp`) has to be there.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { launchBrowser, type Scheme } from '../e2e/harness/browser.ts'
import { Installation } from '../e2e/harness/installation.ts'
import { claimed } from '../e2e/harness/owner.ts'
import { recordTour } from './pictures/tour.ts'
import { takeScreens } from './pictures/screens.ts'
import { ROOT } from './run.ts'

const FOLDER = join(ROOT, 'docs/pictures')
const SCHEMES: readonly Scheme[] = ['light', 'dark']

await mkdir(FOLDER, { recursive: true })
const browser = await launchBrowser()
const errand = await Installation.make({ ERRAND_PAGES: 'yes' })
try {
  await errand.start()
  const visit = await claimed(errand, browser)
  const tourist = await visit('desk', 'light')
  await recordTour(tourist, join(FOLDER, 'tour.webp'))
  for (const scheme of SCHEMES) {
    await takeScreens(await visit('desk', scheme), { folder: FOLDER, name: (screen) => `${screen}-${scheme}.png` })
    await takeScreens(await visit('phone', scheme), {
      folder: FOLDER,
      name: (screen) => `${screen}-phone-${scheme}.png`,
    })
  }
} finally {
  await browser.close()
  await errand.remove()
}
