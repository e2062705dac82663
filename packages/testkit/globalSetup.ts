import { startTestServer, type TestServer } from './postgresServer.ts'
import { openTestRun } from './testRun.ts'

let server: TestServer | undefined

/** Named in vitest's configuration; runs once, in the process that all workers are started from. */
export async function setup(): Promise<void> {
  const folder = await openTestRun()
  server = startTestServer({ folder, bin: process.env['ERRAND_TEST_POSTGRES_BIN'] || undefined })
  process.env['ERRAND_TEST_POSTGRES_NOTE'] = server.noteFile
}

export async function teardown(): Promise<void> {
  await server?.stop()
}
