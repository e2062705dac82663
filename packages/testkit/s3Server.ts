import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from './freePort.ts'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from './poll.ts'

export interface S3Server {
  /** As ERRAND_BLOBS_URL names it. */
  readonly url: string
  /** For whoever speaks to it. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

const BUCKET = 'errand'
const KEYS = ['errandtest', 'errandtestsecret'] as const

/** A real S3-compatible server over a folder: the program at `path` (versitygw), on loopback, with one bucket. */
export async function startS3Server({ path, folder }: { path: string; folder: string }): Promise<S3Server> {
  const port = await freePort()
  // Folders at the top are buckets.
  await mkdir(join(folder, 'data', BUCKET), { recursive: true })
  await mkdir(join(folder, 'about'), { recursive: true })
  const [access, secret] = KEYS
  const server = spawn(
    path,
    [
      ...['--port', `127.0.0.1:${port}`, '--access', access, '--secret', secret, '--quiet'],
      ...['posix', '--sidecar', join(folder, 'about'), join(folder, 'data')],
    ],
    { stdio: 'ignore', env: {} },
  )
  await until(async () => (await fetch(`http://127.0.0.1:${port}`).catch(() => null)) !== null, {
    deadlineMs: 20_000,
    what: 'a listening S3 server',
  })
  return {
    url: `s3://${BUCKET}/kept/here?endpoint=http://127.0.0.1:${port}`,
    env: { AWS_ACCESS_KEY_ID: access, AWS_SECRET_ACCESS_KEY: secret },
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return
      const gone = once(server, 'exit')
      server.kill('SIGKILL')
      await gone
    },
  }
}
