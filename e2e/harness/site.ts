import type { Browser } from 'playwright-core'
import { launchBrowser } from './browser.ts'
import { Installation } from './installation.ts'
import { claimed, type Visit } from './owner.ts'

/** Errand with its pages, owned by somebody, and a browser to look at them. */
export interface Site {
  readonly errand: Installation
  readonly browser: Browser
  /** Opens a browser of the owner, signed in. */
  readonly visit: Visit
  readonly close: () => Promise<void>
}

interface SiteOptions {
  /** One that has started already. */
  readonly errand?: Installation
  readonly browserFlags?: readonly string[]
}

/** For the scenarios of one file: `const { errand, visit, close } = await openSite()` at its top, `afterAll(close)` below. */
export async function openSite({ errand: started, browserFlags }: SiteOptions = {}): Promise<Site> {
  const [errand, browser] = await Promise.all([started ?? startPages(), launchBrowser(browserFlags)])
  const visit = await claimed(errand, browser)
  const close = async () => {
    await browser.close()
    await errand.remove()
  }
  return { errand, browser, visit, close }
}

async function startPages(): Promise<Installation> {
  const errand = await Installation.make({ ERRAND_PAGES: 'yes' })
  await errand.start()
  return errand
}
