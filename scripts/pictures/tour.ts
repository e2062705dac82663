import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Person } from '../../e2e/harness/browser.ts'

/** Long enough to read a screen; a person on the tour is in no hurry. */
const READ_MS = 1_800
const TYPE_MS = 60
/** Frames closer together than this are one. */
const FRAME_MS = 120
const LONGEST_FRAME_MS = 2_500

interface Frame {
  readonly png: Buffer
  readonly atMs: number
}

/** The first task by one press, then one of one's own, from a sentence to what came back. */
export async function recordTour(person: Person, path: string): Promise<void> {
  const { page } = person
  await page.goto('/')
  await page.getByRole('button', { name: 'Try it' }).waitFor()
  // Only now: the first picture stands in the README until all of it has come, and must not be an empty page.
  const recording = await record(person)
  await delay(READ_MS)
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByRole('button', { name: 'Write a task of your own' }).waitFor({ timeout: 60_000 })
  await delay(READ_MS)
  await page.getByRole('button', { name: 'Write a task of your own' }).click()
  await page
    .getByRole('textbox', { name: 'What should be done?' })
    .pressSequentially('Fix the failing test', { delay: TYPE_MS })
  await page.keyboard.press('Control+Enter')
  await delay(READ_MS)
  await page
    .getByRole('link', { name: /^Fix the failing test/ })
    .first()
    .click()
  await page.getByRole('region', { name: 'Outcome' }).waitFor({ timeout: 60_000 })
  await delay(READ_MS)
  await page.getByRole('link', { name: /^Artifacts/ }).click()
  await delay(READ_MS)
  const frames = await recording.stop()
  await person.context.close()
  await write(frames, path)
}

async function record({ page, context }: Person): Promise<{ stop(): Promise<readonly Frame[]> }> {
  const devtools = await context.newCDPSession(page)
  const frames: Frame[] = []
  devtools.on('Page.screencastFrame', ({ data, sessionId }) => {
    frames.push({ png: Buffer.from(data, 'base64'), atMs: performance.now() })
    void devtools.send('Page.screencastFrameAck', { sessionId })
  })
  await devtools.send('Page.startScreencast', { format: 'png', maxWidth: 1280, maxHeight: 800 })
  return {
    stop: async () => {
      await devtools.send('Page.stopScreencast')
      return frames
    },
  }
}

async function write(frames: readonly Frame[], path: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'errand-tour-'))
  const kept = frames.filter((frame, n) => {
    const next = frames[n + 1]
    return next === undefined || next.atMs - frame.atMs >= FRAME_MS
  })
  const args: string[] = []
  for (const [n, frame] of kept.entries()) {
    const file = join(folder, `${n}.png`)
    await writeFile(file, frame.png)
    const shownMs = (kept[n + 1]?.atMs ?? frame.atMs + READ_MS) - frame.atMs
    args.push('-d', String(Math.round(Math.min(LONGEST_FRAME_MS, shownMs))), file)
  }
  await promisify(execFile)('img2webp', ['-loop', '0', '-lossy', '-q', '60', '-m', '4', ...args, '-o', path])
  await rm(folder, { recursive: true })
}
