import { execFile } from 'node:child_process'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase, startPostgres } from '@errand/store'
import { quietLog, recordedLog, testFolder, until } from '@errand/testkit'
import { describe, expect, it } from 'vitest'
import { onSmallDisk } from './onSmallDisk.ts'
import { postgresIn, postmasterOf, WriterProcess } from './writerProcess.ts'

const root = await testFolder('embedded')
const bin = process.env['ERRAND_TEST_POSTGRES_BIN']
const options = { log: quietLog(), ...(bin ? { bin } : {}) }
const now = { name: 'now', text: 'select now() as now' }

async function answers(url: string): Promise<boolean> {
  const db = openDatabase({ url, log: quietLog() })
  try {
    return (await db.rows(now)).length === 1
  } finally {
    await db.close()
  }
}

describe('an embedded Postgres', () => {
  it('starts in an empty folder, keeps what it holds to its owner, and leaves no process behind', async () => {
    const folder = join(root, 'first')
    const postgres = await startPostgres({ folder, ...options })
    expect(await answers(postgres.url)).toBe(true)
    const modes = await Promise.all(['password', 'run', 'data', 'server.log'].map((name) => stat(join(folder, name))))
    expect(modes.map(({ mode }) => mode & 0o077)).toEqual([0, 0, 0, 0])
    await postgres.stop()
    await postgres.stop()
    expect(postgresIn(folder)).toEqual([])
  })

  it('starts although a file names a process that is not Postgres, and clears an unfinished first start', async () => {
    const folder = join(root, 'first')
    await writeFile(join(folder, 'data', 'postmaster.pid'), `${process.pid}\n${folder}\n1\n5432\n\n\n\nready\n`)
    const again = await startPostgres({ folder, ...options })
    expect(await answers(again.url)).toBe(true)
    await again.stop()
    const interrupted = join(root, 'interrupted')
    await mkdir(join(interrupted, 'data.new', 'base'), { recursive: true })
    const fresh = await startPostgres({ folder: interrupted, ...options, settings: { fsync: 'off' } })
    expect(await answers(fresh.url)).toBe(true)
    await fresh.stop()
    expect(await readdir(interrupted)).not.toContain('data.new')
  })

  it('is found again by a pool after it died, at the same address', async () => {
    const folder = join(root, 'first')
    const { log, lines } = recordedLog()
    const postgres = await startPostgres({ folder, ...options, log })
    const db = openDatabase({ url: postgres.url, log })
    await db.rows(now)
    process.kill(postmasterOf(folder), 'SIGKILL')
    await until(() => db.rows(now).then(() => lines().some(({ op }) => op === 'postgres.restart')), {
      deadlineMs: 20_000,
    })
    await db.close()
    await postgres.stop()
    expect(postgresIn(folder)).toEqual([])
    expect(JSON.stringify(lines())).not.toContain(new URL(postgres.url.replace('@/', '@x/')).password)
  })

  it('listens on loopback where its folder is too deep for a socket', async () => {
    const folder = join(root, 'deep'.repeat(30))
    const postgres = await startPostgres({ folder, ...options, settings: { fsync: 'off' } })
    expect(postgres.url).toContain('@127.0.0.1:')
    process.kill(postmasterOf(folder), 'SIGKILL')
    await until(() => answers(postgres.url), { deadlineMs: 20_000 })
    await postgres.stop()
    expect(postgresIn(folder)).toEqual([])
  })

  it('outlives a kill -9 of its process and is attached to by the next, which stops it', async () => {
    const folder = join(root, 'attached')
    const writer = new WriterProcess(folder, 0)
    await writer.writes(1)
    const pid = postmasterOf(folder)
    await writer.end('SIGKILL')
    const { log, lines } = recordedLog()
    const postgres = await startPostgres({ folder, log })
    expect(postmasterOf(folder)).toBe(pid)
    expect(lines()).toContainEqual(expect.objectContaining({ op: 'postgres.start', wasRunning: true }))
    await postgres.stop()
    expect(postgresIn(folder)).toEqual([])
  })

  it('ends when its process exits without a word', async () => {
    const folder = join(root, 'attached')
    const writer = new WriterProcess(folder, 1000)
    await writer.writes(1)
    await writer.end('SIGTERM')
    await until(() => postgresIn(folder).length === 0, { what: 'the end of Postgres' })
  })

  const start = `
    import { readdirSync } from 'node:fs'
    import { startPostgres } from '@errand/store'
    import { quietLog } from '@errand/testkit'
    const code = await startPostgres({ folder: process.argv[1] + '/pg', log: quietLog() }).then(() => 'started', (error) => error.code)
    const left = code === 'start.disk-full' ? readdirSync(process.argv[1] + '/pg') : []
    console.log(JSON.stringify({ code, left }))`

  it('says that the disk is full and leaves nothing half-made', async () => {
    const { code, left } = (await onSmallDisk({ sizeMib: 10, script: start })) as { code: string; left: string[] }
    expect(code).toBe('start.disk-full')
    expect(left.filter((name) => name.startsWith('data'))).toEqual([])
  })

  it('starts for a user without a name, as a container with a uid of its own has', async () => {
    const script = `
      import { startPostgres } from '@errand/store'
      import { quietLog } from '@errand/testkit'
      const postgres = await startPostgres({ folder: process.argv[1] + '/pg', log: quietLog() })
      await postgres.stop()
      console.log(process.getuid())`
    const folder = await testFolder('nameless')
    const namespace = ['--user', '--map-user=4242', '--map-group=4242', process.execPath]
    const args = [...namespace, '--input-type=module', '--eval', script, folder]
    const { stdout } = await promisify(execFile)('unshare', args, { cwd: import.meta.dirname, timeout: 25_000 })
    expect(stdout.trim()).toBe('4242')
  })

  it('says that the folder cannot be written', async () => {
    const result = await onSmallDisk({ sizeMib: 1, script: start, isReadOnly: true })
    expect(result).toMatchObject({ code: 'start.folder-unwritable' })
  })
})
