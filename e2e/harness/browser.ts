import { until } from '@errand/testkit'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Debian's own browser: none is downloaded. */
const CHROMIUM = process.env['ERRAND_E2E_CHROMIUM'] ?? '/usr/bin/chromium'
/** Pictures for people to look at; kept as the output of CI. */
const PICTURES = process.env['ERRAND_E2E_PICTURES'] ?? join(ROOT, 'e2e-results/pictures')
const PREFIX = process.env['ERRAND_E2E_SUITE'] === 'cluster' ? 'cluster-' : ''

export const VIEWS = {
  desk: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const
export type View = keyof typeof VIEWS
export type Scheme = 'light' | 'dark'

export async function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', ...args] })
}

interface PersonOptions {
  readonly view?: View
  readonly scheme?: Scheme
  readonly baseURL: string
}

/** One person's browser: cookies of its own. What its pages complain about is in `complaints` (errors, refused scripts). */
export async function openPerson(
  browser: Browser,
  { view = 'desk', scheme = 'light', baseURL }: PersonOptions,
): Promise<Person> {
  const isPhone = view === 'phone'
  const context = await browser.newContext({
    baseURL,
    viewport: VIEWS[view],
    colorScheme: scheme,
    deviceScaleFactor: isPhone ? 2 : 1,
    hasTouch: isPhone,
    isMobile: isPhone,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
  })
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`.trim())
  })
  return { context, page: await context.newPage(), complaints, view, scheme, baseURL }
}

export interface Person {
  readonly context: BrowserContext
  readonly page: Page
  readonly complaints: string[]
  readonly view: View
  readonly scheme: Scheme
  readonly baseURL: string
}

/** Saves what is seen as `<name>-<width>-<scheme>.png`, the names that the drawn screens have. */
export async function takePicture({ page, view, scheme }: Person, name: string): Promise<void> {
  await mkdir(PICTURES, { recursive: true })
  const { width } = VIEWS[view]
  await page.screenshot({ path: join(PICTURES, `${PREFIX}${name}-${width}-${scheme}.png`) })
}

/**
 * The same page in every other look, one after the other: the other colours, and a window as narrow as a phone.
 * Ends in the look that it began with. A phone stays a phone: fingers do not have a wide window.
 */
export async function inEveryOtherLook(person: Person, see: (person: Person) => Promise<void>): Promise<void> {
  const { view, scheme } = person
  const other: Scheme = scheme === 'light' ? 'dark' : 'light'
  const looks: readonly (readonly [View, Scheme])[] = [
    [view, other],
    ...(view === 'desk'
      ? ([
          ['phone', other],
          ['phone', scheme],
        ] as const)
      : []),
  ]
  for (const [width, colours] of looks) await see(await look(person, width, colours))
  await look(person, view, scheme)
}

async function look(person: Person, view: View, scheme: Scheme): Promise<Person> {
  await person.page.emulateMedia({ colorScheme: scheme })
  if (person.page.viewportSize()?.width !== VIEWS[view].width) await person.page.setViewportSize(VIEWS[view])
  return { ...person, view, scheme }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/**
 * The rules that colours and widths decide. How large a target is, is asked of a phone, which has fingers: under an open
 * sheet axe counts what lies behind it as a neighbour.
 */
const OF_LOOKS = ['color-contrast', 'scrollable-region-focusable']
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
  }[]
}

/** What axe finds on the page as it stands: nothing, or each rule with what broke it. */
export async function accessibilityProblems(
  { page }: Person,
  only: 'everything' | 'looks' = 'everything',
): Promise<readonly string[]> {
  // Through the debugger, as an extension would: the page's own policy lets no script in. Once a document: it is half a megabyte.
  if (!(await page.evaluate<boolean>(`typeof axe === 'object'`))) await page.evaluate(AXE)
  const isAll = only === 'everything'
  const runOnly = isAll ? { type: 'tag', values: RULES } : { type: 'rule', values: OF_LOOKS }
  // What passed is not told, and no style sheet is read again for rules that are not asked.
  const asked = `axe.run(document, ${JSON.stringify({ runOnly, resultTypes: ['violations'], preload: isAll })})`
  const { violations } = await page.evaluate<AxeResults>(asked)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
  )
}

/** Resolves once the page answers to keys and presses: until then it is a picture of itself. */
export async function alive({ page }: Person): Promise<void> {
  const isHydrated = `Object.keys(document.querySelector('.app') ?? {}).some((key) => key.startsWith('__reactProps'))`
  await until(() => page.evaluate<boolean>(isHydrated), { what: 'a page that answers' })
}

/** As on a slow line: pages come, their scripts wait until what this gives is called. */
export async function withoutScripts(page: Page): Promise<() => void> {
  const line = Promise.withResolvers<void>()
  await page.route(/\.js$/, async (route) => {
    await line.promise
    await route.continue()
  })
  return () => line.resolve()
}

/** Whether the page can be scrolled sideways, which none may. */
export async function overflowsSideways({ page, view }: Person): Promise<boolean> {
  // Not against the window's width: a phone widens its window to hold what overflows.
  return page.evaluate<boolean>(`document.documentElement.scrollWidth > ${VIEWS[view].width}`)
}

/** A finger or face that this browser's machine knows, as a passkey asks for it. */
export async function addAuthenticator({ context, page }: Person): Promise<void> {
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}
