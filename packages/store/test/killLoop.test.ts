import { openDatabase, startPostgres } from '@errand/store'
import { quietLog, testFolder } from '@errand/testkit'
import { expect, it } from 'vitest'
import { postgresIn, postmasterOf, WriterProcess } from './writerProcess.ts'

const LOOPS = 20
const folder = await testFolder('kill')

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

it('loses no acknowledged row over kill -9 of Postgres, of its process, and of everything', async () => {
  const acknowledged = new Set<number>()
  let writer = new WriterProcess(folder, 0)
  const replaceWriter = (): void => {
    for (const n of writer.acknowledged()) acknowledged.add(n)
    writer = new WriterProcess(folder, Math.max(...acknowledged) + 1)
  }
  for (let loop = 0; loop < LOOPS; loop += 1) {
    await writer.writes(40)
    const kind = (['postmaster', 'process', 'everything'] as const)[loop % 3]
    if (kind === 'postmaster') {
      killAll([postmasterOf(folder)])
      continue
    }
    if (kind === 'everything') killAll(postgresIn(folder))
    await writer.end('SIGKILL')
    replaceWriter()
  }
  await writer.writes(1)
  await writer.end('SIGKILL')
  for (const n of writer.acknowledged()) acknowledged.add(n)

  const postgres = await startPostgres({ folder, log: quietLog() })
  const db = openDatabase({ url: postgres.url, log: quietLog() })
  const rows = await db.rows<{ n: number }>({ name: 'all', text: 'select n from written' })
  const written = new Set(rows.map(({ n }) => n))
  expect([...acknowledged].filter((n) => !written.has(n))).toEqual([])
  expect(acknowledged.size).toBeGreaterThan(LOOPS * 40)
  await db.close()
  await postgres.stop()
  expect(postgresIn(folder)).toEqual([])
}, 180_000)
