import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater, oauthPlace } from './support/oauthPlace.ts'

const HOUR_MS = 3_600_000
const PROGRAM = fileURLToPath(new URL('support/refreshAndDie.ts', import.meta.url))

/** Where the process dies; `rotated`: when the authorization server has made the new pair and not yet sent it. */
const DEATHS = ['marked', 'locked', 'asked', 'rotated', 'answered', 'written', 'done'] as const
/** Each once; a hundred: ERRAND_CRASHES=100 npm test -- refreshCrash */
const ROUNDS = Number(process.env['ERRAND_CRASHES'] ?? DEATHS.length)

afterEach(closeAll)

async function gatewayProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] })
  closeLater({ close: async () => void child.kill('SIGKILL') })
  if (child.stdout !== null) await once(child.stdout, 'data')
  return child
}

/** Signed in once; `kill` lets a process need a token when it is over, and kills it. Gives how it ended. */
async function place(reuse: 'strict' | 'until-next') {
  const clock = { ms: 0 }
  const one = await oauthPlace({ reuse, now: () => new Date(Date.now() + clock.ms) })
  await one.signIn()
  return {
    ...one,
    token: async () => (await one.oauth.accessToken(one.which)).token.reveal(),
    async kill(child: ChildProcess, dieAt: (typeof DEATHS)[number]): Promise<unknown> {
      clock.ms += HOUR_MS
      const gone = once(child, 'exit')
      one.server.onRotated = dieAt === 'rotated' ? () => void child.kill('SIGKILL') : null
      child.stdin?.write(`${JSON.stringify({ place: one.at, offsetMs: clock.ms, dieAt })}\n`)
      const [, signal] = (await gone) as [number | null, string | null]
      one.server.onRotated = null
      return signal
    },
  }
}

test(
  `a grant outlives ${ROUNDS} gateways that were killed in the middle of its refresh`,
  { timeout: 600_000 },
  async () => {
    const one = await place('until-next')
    let next = gatewayProcess()
    for (let round = 0; round < ROUNDS; round++) {
      const child = await next
      next = gatewayProcess()
      const dieAt = DEATHS[round % DEATHS.length] ?? 'marked'
      expect(await one.kill(child, dieAt), dieAt).toBe('SIGKILL')
      expect(await one.call(await one.token()), `after a death at ${dieAt}`).toBe(200)
    }
    await next
    expect(await one.status()).toBe('ready')
  },
)

test('a server that forgives nothing: lost in the one moment that nobody can close, kept before it', async () => {
  const one = await place('strict')
  await one.kill(await gatewayProcess(), 'asked')
  expect(await one.call(await one.token())).toBe(200)
  await one.kill(await gatewayProcess(), 'rotated')
  await expect(one.token()).rejects.toMatchObject({ code: 'mcp.needs-sign-in' })
})
